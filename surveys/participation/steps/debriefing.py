"""What participants do before and after the questions: each step once, and in order."""

from typing import Any

from django.db import transaction
from django.utils import timezone

from surveys.models import Event, Participant
from surveys.participation.advance import advance
from surveys.participation.assignment import turn_away

Kind = Event.Kind


def try_comprehension(participant: Participant, attempt: int, is_right: bool) -> bool:
    """Count an attempt at the comprehension check; the last wrong one turns the participant away.

    False when the form was of an attempt gone by, so that a double click costs one try only.
    """
    now, tries = timezone.now(), participant.protocol.comprehension.tries
    passed = {"understood_at": now} if is_right else {}
    with transaction.atomic():
        waiting = Participant.objects.filter(
            pk=participant.pk,
            comprehension_tries=attempt,
            understood_at=None,
            turned_away="",
            withdrawn_at=None,
        )
        changes = {"comprehension_tries": attempt + 1, "last_active_at": now, **passed}
        if not advance(waiting, participant, **changes):
            return False
        if is_right:
            _left_page(participant, "comprehension")
        elif attempt + 1 >= tries:
            turn_away(participant, Participant.TurnedAway.SCREENED_OUT)
    return True


def finish_practice(participant: Participant, position: int) -> None:
    waiting = Participant.objects.filter(
        pk=participant.pk, n_practised=position - 1, introduced_at__isnull=False, withdrawn_at=None
    )
    advance(waiting, participant, n_practised=position, last_active_at=timezone.now())


def answer_page(participant: Participant, page: int, answers: dict[str, Any]) -> None:
    """Store a questionnaire page, counted from 1; a page that was sent before stays as it was."""
    with transaction.atomic():
        waiting = Participant.objects.filter(
            pk=participant.pk, n_pages=page - 1, finished_at__isnull=False, withdrawn_at=None
        )
        if advance(
            waiting,
            participant,
            n_pages=page,
            questionnaire={**participant.questionnaire, **answers},
            last_active_at=timezone.now(),
        ):
            _left_page(participant, f"questionnaire {page}")


def leave_debriefing(participant: Participant) -> None:
    now = timezone.now()
    with transaction.atomic():
        waiting = Participant.objects.filter(
            pk=participant.pk, debriefed_at=None, finished_at__isnull=False, withdrawn_at=None
        )
        if advance(waiting, participant, debriefed_at=now, last_active_at=now):
            _left_page(participant, "debriefing")


def _left_page(participant: Participant, page: str) -> None:
    Event.objects.create(participant=participant, kind=Kind.PAGE, at=timezone.now(), detail=page)
