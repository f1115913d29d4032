"""The export: a Psych-DS folder with codebook, and its check."""
