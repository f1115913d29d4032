"""The rows that each answer writes, in plain SQL.

The same on every database. Django takes several times as long to compose these statements as the
database takes to run them.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import connection

from surveys.models import Participant, Response, Trial

CLAIM = """update surveys_participant
set n_answered = %s, n_failed_checks = %s, last_active_at = %s, finished_at = %s
where id = %s and n_answered = %s
and finished_at is null and stopped_at is null and withdrawn_at is null"""
STORE = """insert into surveys_response
(trial_id, option, position, answered_at, confidence, response_time_ms, hidden_time_ms, chosen_ms,
n_changes, timed_by, images_failed) values (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)"""
# What was first shown before showings were counted is never counted.
SHOW = """update surveys_trial
set times_shown = case when shown_at is null then 1 else times_shown + 1 end,
shown_at = coalesce(shown_at, %s) where id = %s"""


def claim(participant: Participant, columns: Mapping[str, Any], now: datetime) -> bool:
    """Store the columns that an answer changes, unless another request has counted it.

    The given participant changes along with the stored row.
    """
    finished_at = columns["finished_at"]
    stored = [columns["n_answered"], columns["n_failed_checks"], _at(now), finished_at and _at(now)]
    sql = CLAIM
    if "device" in columns:
        sql = CLAIM.replace("set ", "set device = %s, ", 1)
        stored.insert(0, connection.ops.adapt_json_value(columns["device"], None))
    if not _run(sql, *stored, participant.pk, columns["n_answered"] - 1):
        return False
    for name, value in {**columns, "last_active_at": now}.items():
        setattr(participant, name, value)
    return True


def store(response: Response) -> None:
    """Insert the row, which must not be there yet. Raises IntegrityError if it is."""
    _run(
        STORE,
        response.trial_id,
        response.option,
        response.position,
        _at(response.answered_at),
        response.confidence,
        response.response_time_ms,
        response.hidden_time_ms,
        response.chosen_ms,
        response.n_changes,
        response.timed_by,
        response.images_failed,
    )


def show(trial: Trial, now: datetime) -> None:
    """Note that the trial is sent to its participant, and when it first was."""
    _run(SHOW, _at(now), trial.pk)


def _at(moment: datetime) -> Any:
    return connection.ops.adapt_datetimefield_value(moment)


def _run(sql: str, *values: Any) -> int:
    """How many rows it touched."""
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return int(cursor.rowcount)
