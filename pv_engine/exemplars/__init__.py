"""The training pictures that features resemble most where the model looked."""
