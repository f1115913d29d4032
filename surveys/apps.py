from django.apps import AppConfig


class SurveysConfig(AppConfig):
    """Runs the study: what a participant sees and answers, and what a researcher watches."""

    name = "surveys"
