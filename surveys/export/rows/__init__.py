"""The rows of the exported tables, one stored row at a time."""
