"""The audit log: one chained line for each thing that a researcher changes."""
