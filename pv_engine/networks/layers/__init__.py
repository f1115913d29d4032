"""Layers that compute the same as torch's, faster or in several processes."""
