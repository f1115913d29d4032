"""Brings participants to a study: what Prolific, SONA and Mechanical Turk need to know of it."""
