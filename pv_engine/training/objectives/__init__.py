"""The objectives of training, one file per network."""
