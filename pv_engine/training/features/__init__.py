"""The frozen encoder's features, kept in memory or on disk."""
