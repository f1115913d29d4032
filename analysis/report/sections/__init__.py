"""The sections of a report, a file each: numbers in, tables, figures and prose out."""
