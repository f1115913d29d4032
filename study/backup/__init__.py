"""Backups of an installation in one file, which restores into SQLite and PostgreSQL alike."""
