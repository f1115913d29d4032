"""Puts studies away, and deletes drafts that nobody has taken part in."""

from django.db import transaction
from django.utils import timezone

from accounts.audit.record import Action, Actor, record
from surveys.errors import StatusError
from surveys.models import Survey


@transaction.atomic
def archive(survey: Survey, actor: Actor) -> bool:
    """Leave the study out of the list of studies; everything of it stays. False if it was already.

    StatusError while it is open.
    """
    waiting = Survey.objects.filter(pk=survey.pk, archived_at=None)
    if survey.is_open:
        raise StatusError(f"{survey.slug!r} is open; close it before you archive it.")
    if not waiting.exclude(status=Survey.Status.OPEN).update(archived_at=timezone.now()):
        return False
    record(actor, Action.SURVEY_ARCHIVED, survey)
    return True


@transaction.atomic
def restore(survey: Survey, actor: Actor) -> bool:
    """List the study again; False if it was listed."""
    archived = Survey.objects.filter(pk=survey.pk).exclude(archived_at=None)
    if not archived.update(archived_at=None):
        return False
    record(actor, Action.SURVEY_RESTORED, survey)
    return True


@transaction.atomic
def delete_draft(survey: Survey, actor: Actor) -> None:
    """Delete a study for good, with its team and saved states; the log keeps that it was there.

    StatusError for a study that was opened, or has pilots, bots or participants.
    """
    stored = Survey.objects.select_for_update().get(pk=survey.pk)
    if not may_be_deleted(stored):
        raise StatusError(
            f"{survey.slug!r} was opened or has pilots or bots, so its data are kept; "
            "archive it instead."
        )
    record(actor, Action.SURVEY_DELETED, stored, protocol_sha256=stored.protocol_sha256)
    stored.delete()


def may_be_deleted(survey: Survey) -> bool:
    """Return whether it is a draft without pilots, bots and participants."""
    if survey.is_pilot or survey.opened_at is not None:
        return False
    own = Survey.objects.filter(pk=survey.pk)
    return own.filter(pilots=None, bot_runs=None, participants=None).exists()
