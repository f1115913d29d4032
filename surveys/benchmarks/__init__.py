"""Measurements of the survey's heavy jobs on data of a stated size."""
