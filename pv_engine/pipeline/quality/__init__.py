"""The quality phase of a build."""
