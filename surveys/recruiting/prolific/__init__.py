"""Prolific by its API: makes a draft there, compares its submissions with ours, and pauses it."""
