"""Segmentation networks as the explained model: a class's logits, summed over its predicted mask.

So a network that answers for every pixel has one number for each class, as a classifier has, and
everything that explains a classifier explains it.
"""
