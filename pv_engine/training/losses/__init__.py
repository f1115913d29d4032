"""Terms of the losses: pixels, structure, features, predictions."""
