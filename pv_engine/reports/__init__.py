"""Contact sheets and comparisons of decoders, as files."""
