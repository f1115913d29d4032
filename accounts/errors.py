"""What can go wrong with an account, each error one sentence for the person before the screen.

AccountError
"""


class AccountError(Exception):
    """Any failure whose message may be shown to a researcher as it stands."""
