"""Errors of backups. Each message is one sentence for the command line."""


class BackupError(Exception):
    """The backup cannot be written, or the archive cannot be restored here."""
