"""Sends workers the messages that start segments.

A message may arrive twice, but one must arrive: workers resend messages that the broker refused or
lost (workers.py). Tasks are sent by name, never imported.
"""

import logging
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from kombu.exceptions import KombuError

from study.celery import app
from study.runs.models import Run

logger = logging.getLogger(__name__)


def publish(task: str, *arguments: Any, countdown: float = 0) -> bool:
    """Send a message to the broker now; if the broker refuses it, log that and return False."""
    try:
        options: dict[str, Any] = {"countdown": countdown} if countdown else {}
        app.signature(task, args=arguments).apply_async(**options)
    except (OSError, KombuError) as error:
        logger.warning("The broker took no message for %s%s: %s", task, arguments, error)
        return False
    return True


def send(run: Run, countdown: float = 0) -> None:
    """Send the message for the run's next segment once the transaction is committed."""
    runs = type(run)._default_manager.filter(pk=run.pk)
    # The message of a lapsed claim lets another worker take the segment over.
    claim = run.claim - 1 if run.has_lapsed else run.claim

    def publish_or_note() -> None:
        if not publish(run.task, run.pk, claim, countdown=countdown):
            runs.update(sent_at=None)

    runs.update(sent_at=timezone.now())
    transaction.on_commit(publish_or_note)


def resend(model: type[Run], older_than: timedelta) -> int:
    """Resend messages of idle runs that were last sent longer ago; return their number."""
    silent = Q(sent_at=None) | Q(sent_at__lte=timezone.now() - older_than)
    idle = Q(claimed_at=None) | model.lapsed()
    runs = list(model._default_manager.filter(silent, idle, status__in=model.ACTIVE))
    for run in runs:
        send(run)
    return len(runs)
