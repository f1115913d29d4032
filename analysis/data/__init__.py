"""Reads scores, exports and studies into data frames, and checks them."""
