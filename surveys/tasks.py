"""Celery tasks of the surveys; they carry, services decide."""

import logging
from typing import Any

from celery import shared_task
from celery.signals import worker_ready

from surveys import bot_runs, preflight_runs

logger = logging.getLogger(__name__)


@shared_task(ignore_result=True)  # type: ignore[untyped-decorator] # Celery has no types
def advance_bot_run(run_id: int, claim: int) -> None:
    """A few bots; it sends the message for the next ones itself."""
    bot_runs.advance(run_id, claim)


@shared_task(ignore_result=True)  # type: ignore[untyped-decorator]
def run_preflight(run_id: int) -> None:
    """The checks before opening that take too long for a page."""
    preflight_runs.run(run_id)


@worker_ready.connect  # type: ignore[untyped-decorator]
def take_up_interrupted_bot_runs(sender: Any, **_: object) -> None:
    count = bot_runs.take_up_interrupted()
    if count:
        logger.info("Taking up %d unfinished run(s) of bots.", count)
