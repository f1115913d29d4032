from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """Accounts, sign-in and the audit log."""

    name = "accounts"

    def ready(self) -> None:
        from accounts import checks  # noqa: F401 - importing registers them
        from accounts.sign_in import listeners  # noqa: F401 - importing registers them
