from django.apps import AppConfig


class AnalysisConfig(AppConfig):
    """Reads the study: responses in, tables, tests and figures out."""

    name = "analysis"
