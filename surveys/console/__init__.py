"""The researcher's pages: one file of views a subject; services decide."""
