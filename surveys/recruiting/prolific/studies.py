"""Joins a study to one on Prolific: creates a draft there, reads its submissions, pauses it."""

from typing import Any

from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone

from accounts.audit.record import Action, record
from surveys.errors import ProlificError
from surveys.models import Participant, ProlificStudy, Survey
from surveys.participation.leaving.withdrawal import stop
from surveys.recruiting.panel import panel_address
from surveys.recruiting.prolific.api import STUDY_ID, Prolific, Study
from surveys.recruiting.prolific.comparison import Comparison, compare
from surveys.recruiting.prolific.draft import study_to_send

# Where people look at a study on Prolific.
PAGE = "https://app.prolific.com/researcher/studies/"


def create_draft(survey: Survey, entry: str, asked: dict[str, Any], person: User) -> ProlificStudy:
    """Create a draft on Prolific that leads to `entry`; `asked` is what DraftForm cleaned.

    ProlificError where the study has one already, where the protocol lacks something, or where
    Prolific fails; then nothing is stored.
    """
    protocol = survey.protocol
    if not protocol.panel.codes.complete:
        raise ProlificError(
            "The protocol has no completion code (panel.codes.complete), which Prolific needs."
        )
    # The row goes first: of two people who press the button, one makes a draft.
    ours, is_new = ProlificStudy.objects.get_or_create(survey=survey)
    if not is_new:
        raise ProlificError("This study has one on Prolific already; unlink that first.")
    body = study_to_send(survey.slug, panel_address(entry, protocol), protocol, asked)
    try:
        with Prolific() as prolific:
            made = prolific.create_study(body)
    except Exception:
        ours.delete()
        raise
    with transaction.atomic():
        _note(ours, made)
        record(person, Action.PROLIFIC_CREATED, survey, study_id=made.id, places=asked["places"])
    return ours


def link(survey: Survey, study_id: str, person: User) -> Study:
    """Join the study to one that was made on Prolific's own pages."""
    if not STUDY_ID.fullmatch(study_id):
        raise ProlificError(
            "A study’s ID on Prolific consists of letters and digits, such as "
            f"60d9aadeb86739de712faee0, but is {study_id[:80]!r}."
        )
    with Prolific() as prolific:
        found = prolific.find_study(study_id)
    if f"/s/{survey.slug}/" not in found.external_study_url:
        raise ProlificError(
            f"The study {study_id} on Prolific leads to {found.external_study_url[:200]!r}, not to "
            "this study’s address."
        )
    with transaction.atomic():
        ours, is_new = ProlificStudy.objects.get_or_create(survey=survey)
        if not is_new:
            raise ProlificError("This study has one on Prolific already; unlink that first.")
        _note(ours, found)
        record(person, Action.PROLIFIC_LINKED, survey, study_id=found.id)
    return found


def unlink(survey: Survey, person: User) -> bool:
    """Forget which study on Prolific it is; that study stays as it is."""
    with transaction.atomic():
        ours = ProlificStudy.objects.filter(survey=survey).first()
        if ours is None:
            return False
        ours.delete()
        record(person, Action.PROLIFIC_UNLINKED, survey, study_id=ours.study_id)
    return True


def pause(survey: Survey, person: User) -> ProlificStudy:
    """Pause recruiting on Prolific; participants who have begun may finish."""
    ours = _linked(survey)
    with Prolific() as prolific:
        found = prolific.pause(ours.study_id)
    with transaction.atomic():
        _note(ours, found)
        record(person, Action.PROLIFIC_PAUSED, survey, study_id=ours.study_id)
    return ours


def read_submissions(survey: Survey, person: User) -> Comparison:
    """Ask Prolific for the study and all its submissions, and compare them with ours."""
    ours = _linked(survey)
    compared, found = _compare(survey, ours)
    with transaction.atomic():
        _note(ours, found)
        record(person, Action.PROLIFIC_READ, survey, submissions=compared.n_submissions)
    return compared


def give_back(survey: Survey, person: User) -> int:
    """End the visits of participants who returned or timed out on Prolific, as it says now.

    What they answered is kept, and their places are free at once. Return how many there were.
    """
    ours = _linked(survey)
    compared, _ = _compare(survey, ours)
    with transaction.atomic():
        ended = sum(
            stop(row.participant, f"{row.submission.status.lower()} on Prolific")
            for row in compared.to_give_back
            if row.participant and row.submission and _is_unfinished(row.participant)
        )
        if ended:
            record(person, Action.VISITS_ENDED, survey, participants=ended)
    return ended


def _is_unfinished(participant: Participant) -> bool:
    """Whether that is so now: somebody may have answered since Prolific was asked."""
    return Participant.objects.filter(pk=participant.pk, finished_at=None).exists()


def _compare(survey: Survey, ours: ProlificStudy) -> tuple[Comparison, Study]:
    with Prolific() as prolific:
        found = prolific.find_study(ours.study_id)
        submissions = prolific.find_submissions(ours.study_id)
    return compare(survey, ours.study_id, submissions), found


def _linked(survey: Survey) -> ProlificStudy:
    ours = ProlificStudy.objects.filter(survey=survey).exclude(study_id="").first()
    if ours is None:
        raise ProlificError("No study on Prolific is linked; create or link one first.")
    return ours


def _note(ours: ProlificStudy, found: Study) -> None:
    ours.study_id, ours.status, ours.asked_at = found.id, found.status, timezone.now()
    ours.save()
