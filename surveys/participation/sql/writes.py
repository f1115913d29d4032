"""The rows that each answer writes and each withdrawal deletes, in plain SQL.

The same on every database. Django takes several times as long to compose these statements as the
database takes to run them.
"""

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from datetime import datetime
from typing import Any, NamedTuple

from django.db import IntegrityError, connection

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
MISS = "update surveys_trial set missed_at = %s where id = %s"
# Rows that others refer to come after those.
ERASE = (
    """delete from surveys_answer
where trial_id in (select id from surveys_trial where participant_id = %s)""",
    """delete from surveys_response
where trial_id in (select id from surveys_trial where participant_id = %s)""",
    "delete from surveys_trial where participant_id = %s",
    "delete from surveys_event where participant_id = %s",
    "delete from surveys_exclusion where participant_id = %s",
)


class Write(NamedTuple):
    """A statement and its values."""

    sql: str
    values: tuple[Any, ...]


def claim(participant: Participant, columns: Mapping[str, Any], now: datetime) -> Write:
    """Store the columns that an answer changes, unless another request has counted it."""
    finished_at = columns["finished_at"]
    stored = [columns["n_answered"], columns["n_failed_checks"], _at(now), finished_at and _at(now)]
    sql = CLAIM
    if "device" in columns:
        sql = CLAIM.replace("set ", "set device = %s, ", 1)
        stored.insert(0, connection.ops.adapt_json_value(columns["device"], None))
    return Write(sql, (*stored, participant.pk, columns["n_answered"] - 1))


def store(response: Response) -> Write:
    """Insert the row, which must not be there yet."""
    values = (
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
    return Write(STORE, values)


def show(trial: Trial, now: datetime) -> Write:
    """Note that the trial is sent to its participant, and when it first was."""
    return Write(SHOW, (_at(now), trial.pk))


def miss(trial: Trial, now: datetime) -> Write:
    """Note that the time for the trial's answer was over."""
    return Write(MISS, (_at(now), trial.pk))


def erase(participant: Participant) -> None:
    """Delete everything that was given by and noted about the participant.

    That is one statement where the database can delete from several tables at once.
    """
    with connection.cursor() as cursor:
        for sql in [_together(ERASE)] if connection.vendor == "postgresql" else ERASE:
            cursor.execute(sql, [participant.pk] * sql.count("%s"))


def _together(deletions: Sequence[str]) -> str:
    """Write the deletions as one statement; what they refer to is looked at when it commits."""
    *others, last = deletions
    return f"with {', '.join(f'part_{n} as ({sql})' for n, sql in enumerate(others))} {last}"


def run(*writes: Write) -> int:
    """Run the statements, in one exchange with PostgreSQL; return how many rows the first touched.

    Where it touched none, roll back what the others did. Raises IntegrityError if a row is there
    already although the first statement touched one.
    """
    cursors: list[Any] = []
    try:
        with connection.wrap_database_errors, _one_exchange():
            for sql, values in writes:
                cursors.append(connection.cursor())
                cursors[-1].execute(sql, values)
    except IntegrityError:
        if cursors[0].rowcount:
            raise
    return int(cursors[0].rowcount)


def _one_exchange() -> AbstractContextManager[Any]:
    """Send the statements of the block together, and then read what became of them."""
    connection.ensure_connection()
    return connection.connection.pipeline() if connection.vendor == "postgresql" else nullcontext()


def _at(moment: datetime) -> Any:
    return connection.ops.adapt_datetimefield_value(moment)
