"""Features of a frozen encoder, kept in memory or on disk."""
