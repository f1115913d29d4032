"""Stimulus folders: manifest, content hash, loading into the database."""
