"""Loss terms: pixels, structure, features, predictions."""
