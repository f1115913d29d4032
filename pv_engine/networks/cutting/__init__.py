"""Cuts a network into encoder and head that compute the same: `backbones.cut`."""
