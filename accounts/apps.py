from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """Who may enter the console, and the log of what they did there."""

    name = "accounts"

    def ready(self) -> None:
        from accounts import checks  # noqa: F401 - importing registers them
        from accounts.sign_in import listeners  # noqa: F401 - importing registers them
