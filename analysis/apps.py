from django.apps import AppConfig


class AnalysisConfig(AppConfig):
    """Analyses a study: responses in; tables, tests and figures out."""

    name = "analysis"
