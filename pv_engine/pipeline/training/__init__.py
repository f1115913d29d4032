"""The training phases of a build."""
