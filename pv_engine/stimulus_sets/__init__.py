"""Stimulus folders: manifest, hash, loading into the database."""
