"""Statistics: one file per method, pure functions on data frames and arrays."""
