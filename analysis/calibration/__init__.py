"""Simulations of error rates and coverage of the project's own tests and intervals."""
