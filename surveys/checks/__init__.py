"""Checks of stored data, of a study before it opens, and for leaks of the answer key."""
