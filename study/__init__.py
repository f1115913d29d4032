"""Configuration and wiring of the Django project."""

from study.celery import app as celery_app

__all__ = ["celery_app"]
