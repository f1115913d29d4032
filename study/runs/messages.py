"""Sends the messages that make workers try.

It does not matter how often a message comes, only that one comes. What the broker did not take, or
forgot, is sent again by the workers (workers.py). Tasks are named, never imported.
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
    """Hand a message to the broker now; False, and a line in the log, if it takes none."""
    try:
        options: dict[str, Any] = {"countdown": countdown} if countdown else {}
        app.signature(task, args=arguments).apply_async(**options)
    except (OSError, KombuError) as error:
        logger.warning("The broker took no message for %s%s: %s", task, arguments, error)
        return False
    return True


def send(run: Run, countdown: float = 0) -> None:
    """Ask workers for the run's next segment as soon as the transaction is committed."""
    runs = type(run)._default_manager.filter(pk=run.pk)
    # The message of a lapsed claim lets another worker take the segment over.
    claim = run.claim - 1 if run.has_lapsed else run.claim

    def publish_or_note() -> None:
        if not publish(run.task, run.pk, claim, countdown=countdown):
            runs.update(sent_at=None)

    runs.update(sent_at=timezone.now())
    transaction.on_commit(publish_or_note)


def resend(model: type[Run], older_than: timedelta) -> int:
    """Send again for runs on which nobody works and whose message is older; their number."""
    silent = Q(sent_at=None) | Q(sent_at__lte=timezone.now() - older_than)
    idle = Q(claimed_at=None) | model.lapsed()
    runs = list(model._default_manager.filter(silent, idle, status__in=model.ACTIVE))
    for run in runs:
        send(run)
    return len(runs)
