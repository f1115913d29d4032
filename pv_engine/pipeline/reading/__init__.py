"""Lets a reader that was never fitted to stimuli read further held-out pictures."""
