"""Measurements of the survey's heavy jobs and of the console on data of a stated size."""
