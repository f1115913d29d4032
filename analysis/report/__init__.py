"""Writes results: tables, figures, results.json and the HTML report."""
