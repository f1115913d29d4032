"""Tests and effect sizes that rest on ranks."""
