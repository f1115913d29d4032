"""Reads the environment: settings, database, object store."""
