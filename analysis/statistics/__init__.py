"""Statistics: one file a method, pure functions on data frames and arrays."""
