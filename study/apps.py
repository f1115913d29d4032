from django.apps import AppConfig


class StudyConfig(AppConfig):
    """The frame that the other apps share: console layout, style variables, system checks."""

    name = "study"

    def ready(self) -> None:
        from study import checks  # noqa: F401 - importing registers the checks
