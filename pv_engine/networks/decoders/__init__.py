"""Decoders from features to pictures, one file per profile."""
