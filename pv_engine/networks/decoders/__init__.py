"""Decoders from features to images, one file a profile."""
