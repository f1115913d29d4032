"""Checks of the stored data, one file a subject: each yields what is wrong."""
