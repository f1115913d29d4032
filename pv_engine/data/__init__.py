"""Data sources, one file each, and pictures as arrays on disk."""
