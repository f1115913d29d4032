"""Sample size by simulation."""
