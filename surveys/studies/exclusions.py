"""Excludes single participants from the second look of the analysis, each with a reason.

Nothing is deleted: their answers are exported with the reason, and the report analyses everybody
first, then without the excluded.
"""

from django.contrib.auth.models import User
from django.db import transaction

from accounts.audit.record import Action, record
from surveys.errors import ExclusionError
from surveys.models import Exclusion, Participant, Survey

LONGEST_REASON = Exclusion._meta.get_field("reason").max_length or 0


@transaction.atomic
def exclude(participant: Participant, person: User, reason: str) -> Exclusion:
    """Exclude the participant.

    ExclusionError when the reason is missing or too long, when they are excluded already, or when
    they withdrew and so left nothing to exclude.
    """
    said = " ".join(reason.split())
    if not 0 < len(said) <= LONGEST_REASON:
        raise ExclusionError(
            f"The reason for the exclusion must have 1 to {LONGEST_REASON} characters, but has "
            f"{len(said)}."
        )
    survey = Survey.objects.select_for_update().get(pk=participant.survey_id)
    if participant.withdrawn_at is not None:
        raise ExclusionError("This participant withdrew, so there is nothing left to exclude.")
    if Exclusion.objects.filter(participant=participant).exists():
        raise ExclusionError("This participant is already excluded.")
    name = person.get_full_name() or person.username
    done = Exclusion.objects.create(
        participant=participant, reason=said, while_blind=survey.is_blind, by_name=name
    )
    # Nothing in the log can be erased, so the reason, which may be about a person, is not in it.
    record(person, Action.PARTICIPANT_EXCLUDED, survey, number=participant.number)
    return done


@transaction.atomic
def include_again(participant: Participant, person: User) -> bool:
    """Take the exclusion back; False when there is none."""
    count, _ = Exclusion.objects.filter(participant=participant).delete()
    if count:
        record(person, Action.PARTICIPANT_INCLUDED, participant.survey, number=participant.number)
    return bool(count)
