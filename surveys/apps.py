from django.apps import AppConfig
from django.core.signals import got_request_exception


class SurveysConfig(AppConfig):
    """Runs the study: what a participant sees and answers, and what a researcher watches."""

    name = "surveys"

    def ready(self) -> None:
        from surveys import tasks  # noqa: F401 - importing makes them known to Celery
        from surveys.monitoring.page_errors import note_exception

        got_request_exception.connect(note_exception, dispatch_uid="surveys.monitoring.page_errors")
