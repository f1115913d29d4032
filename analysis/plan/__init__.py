"""The analysis plan: read, checked and carried out."""
