"""Tests and intervals of means, by formulas and by resampling."""
