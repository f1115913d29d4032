"""Designs with more than one condition or block a participant: what they are, and what fits."""
