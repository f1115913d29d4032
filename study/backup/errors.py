"""What can go wrong with a backup, each in one sentence for the person at the command line."""


class BackupError(Exception):
    """The backup cannot be made, or the archive cannot be restored here."""
