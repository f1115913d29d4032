"""Has a worker do the checks before opening that take too long for a page.

That the worker answers is itself one of the things to know before opening.
"""

import logging

from django.db import transaction
from django.utils import timezone
from kombu.exceptions import KombuError

from surveys.checks.leaks import find_leaks
from surveys.models import PreflightRun, Survey

logger = logging.getLogger(__name__)


def ask(survey: Survey) -> PreflightRun:
    from surveys.tasks import run_preflight

    asked = PreflightRun.objects.create(
        survey=survey, protocol_sha256=survey.protocol_sha256, asked_at=timezone.now()
    )

    def send() -> None:
        try:
            run_preflight.delay(asked.pk)
        except (OSError, KombuError):
            # The list says that no worker has answered, and what to do.
            logger.exception("The checks of %s could not be sent.", survey.slug)

    transaction.on_commit(send)
    return asked


def run(run_id: int) -> None:
    """Do the checks and store what they found; once, however often the message comes."""
    waiting = PreflightRun.objects.select_related("survey__stimulus_set")
    asked = waiting.filter(pk=run_id, done_at=None).first()
    if asked is None or asked.survey.protocol_sha256 != asked.protocol_sha256:
        return
    leaks, n_pages = find_leaks(asked.survey)
    PreflightRun.objects.filter(pk=run_id, done_at=None).update(
        leaks=leaks, n_pages=n_pages, done_at=timezone.now()
    )
