"""The columns of the exported tables, in order, each with all that the codebook says of it."""
