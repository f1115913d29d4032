"""Data sources, one file each, and images as arrays."""
