"""The rows that each answer writes, in plain SQL.

The same on every database. Django takes several times as long to compose these statements as the
database takes to run them.
"""

from datetime import datetime
from typing import Any

from django.db import connection

from surveys.models import Participant, Response, Trial

CLAIM = """update surveys_participant
set n_answered = %s, n_failed_checks = %s, last_active_at = %s, finished_at = %s
where id = %s and n_answered = %s and finished_at is null and withdrawn_at is null"""
STORE = """insert into surveys_response
(trial_id, option, position, answered_at, response_time_ms, hidden_time_ms, confidence)
values (%s, %s, %s, %s, %s, %s, %s)"""
SHOW = "update surveys_trial set shown_at = %s where id = %s and shown_at is null"


def claim(participant: Participant, position: int, has_failed: bool, now: datetime) -> bool:
    """Count the answer at this position, unless another request has; the one in hand moves on."""
    # No other request counts while this one holds the row, which has n_answered answers.
    n_failed_checks = participant.n_failed_checks + int(has_failed)
    finished_at = now if position == participant.n_trials else None
    stored = (position, n_failed_checks, _at(now), finished_at and _at(finished_at))
    if not _run(CLAIM, *stored, participant.pk, position - 1):
        return False
    participant.n_answered, participant.n_failed_checks = position, n_failed_checks
    participant.last_active_at, participant.finished_at = now, finished_at
    return True


def store(response: Response) -> None:
    """Insert the row, which must not be there yet. Raises IntegrityError if it is."""
    _run(
        STORE,
        response.trial_id,
        response.option,
        response.position,
        _at(response.answered_at),
        response.response_time_ms,
        response.hidden_time_ms,
        response.confidence,
    )


def show(trial: Trial, now: datetime) -> None:
    """Note when the trial was first sent to its participant."""
    if trial.shown_at is None:
        _run(SHOW, _at(now), trial.pk)


def _at(moment: datetime) -> Any:
    return connection.ops.adapt_datetimefield_value(moment)


def _run(sql: str, *values: Any) -> int:
    """How many rows it touched."""
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return int(cursor.rowcount)
