"""The Celery application. Tasks live in the `tasks.py` of each app."""

import os
from pathlib import Path

from celery import Celery
from django.conf import settings
from kombu.transport import TRANSPORT_ALIASES

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "study.settings")

# What `filesystem://` means here: kombu's transport with whole messages only.
TRANSPORT_ALIASES["filesystem"] = "study.broker:Transport"

app = Celery("foresee")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@app.on_after_configure.connect  # type: ignore[untyped-decorator] # Celery has no types
def make_broker_folders(sender: Celery, **_: object) -> None:
    """The embedded broker expects its folders to exist."""
    for folder in getattr(settings, "CELERY_BROKER_TRANSPORT_OPTIONS", {}).values():
        if isinstance(folder, Path):
            folder.mkdir(parents=True, exist_ok=True)
