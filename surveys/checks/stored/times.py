"""Times: in order, and possible."""

from collections.abc import Iterator
from datetime import datetime

from surveys.checks.stored.rows import CHUNK, trials_of
from surveys.models import Participant, Survey, Trial
from surveys.participation.given.measures import is_possible


def times_are_in_order(survey: Survey) -> Iterator[str]:
    for person in Participant.objects.filter(survey=survey).iterator(CHUNK):
        moments = [
            person.arrived_at,
            person.consented_at,
            person.understood_at,
            person.assigned_at,
            person.introduced_at,
            person.finished_at,
            person.debriefed_at,
            person.withdrawn_at,
        ]
        known = [moment for moment in moments if moment is not None]
        if known != sorted(known):
            yield f"The times of participant {person.number} are not in order."
    previous: Trial | None = None
    for trial in trials_of(survey).exclude(response=None).iterator(CHUNK):
        at = trial.response.answered_at
        earliest = trial.shown_at or at
        if previous is not None and previous.participant_id == trial.participant_id:
            earliest = max(earliest, previous.response.answered_at)
        if at < earliest:
            yield (
                f"Trial {trial.position} of participant {trial.participant.number} was answered "
                "before it was shown or before the one ahead of it."
            )
        previous = trial


def measured_times_are_possible(survey: Survey) -> Iterator[str]:
    """No page measured more time than went by for the server. Bots' times are invented."""
    people = trials_of(survey).filter(participant__simulated=False).exclude(response=None)
    for trial in people.iterator(CHUNK):
        where = f"Trial {trial.position} of participant {trial.participant.number}"
        answer, first_at = trial.response, trial.first_answered_at
        if first_at is not None and not _fit(
            trial.first_response_time_ms,
            (trial.first_hidden_time_ms, trial.first_chosen_ms),
            trial.shown_at or first_at,
            first_at,
        ):
            yield f"{where} has times of its first answer that cannot be true."
        parts = (answer.hidden_time_ms, answer.chosen_ms)
        begun = first_at or trial.shown_at or answer.answered_at
        if not _fit(answer.response_time_ms, parts, begun, answer.answered_at):
            yield f"{where} has times of its answer that cannot be true."


def _fit(
    whole: int | None, parts: tuple[int | None, ...], shown_at: datetime, answered_at: datetime
) -> bool:
    is_longest = all(part is None or part <= (whole or 0) for part in parts)
    return is_longest and is_possible(whole, shown_at, answered_at)
