from django.apps import AppConfig


class StudyConfig(AppConfig):
    """What the other apps share: settings, console layout, styles, system checks."""

    name = "study"

    def ready(self) -> None:
        from study.probes import system_checks  # noqa: F401 - importing registers the checks
        from study.runs import workers  # noqa: F401 - importing connects the signals of workers
