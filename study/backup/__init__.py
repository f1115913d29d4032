"""Backups of a whole installation in one file that SQLite and PostgreSQL both take back."""
