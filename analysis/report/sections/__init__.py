"""The sections of a report, one file each: numbers in; tables, figures and prose out.

report/results.py calls them in the order of the report.
"""
