"""The figures of a report: numbers in, a drawing out."""
