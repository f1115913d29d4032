"""Errors of accounts. Each message is one sentence for the researcher."""


class AccountError(Exception):
    """An error whose message may be shown to a researcher as it is."""
