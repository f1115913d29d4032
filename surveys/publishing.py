"""Opens and closes surveys. Opening freezes the protocol for good."""

from django.db import transaction
from django.utils import timezone

from accounts.audit import COMMAND_LINE, Action, Actor, record
from surveys.errors import StatusError
from surveys.models import Survey

Status = Survey.Status


def find_survey(slug: str) -> Survey:
    try:
        return Survey.objects.select_related("stimulus_set").get(slug=slug)
    except Survey.DoesNotExist:
        known = ", ".join(Survey.objects.order_by("slug").values_list("slug", flat=True))
        raise StatusError(
            f"There is no survey {slug!r}; known are: {known or 'none, load one with load_study'}."
        ) from None


@transaction.atomic
def open_survey(survey: Survey, actor: Actor = COMMAND_LINE) -> bool:
    """Let participants in; whether that changed anything.

    A closed survey may be opened again, but not once somebody knows which condition is which.
    """
    now = timezone.now()
    changed = (
        Survey.objects.filter(pk=survey.pk, unblinded_at=None)
        .exclude(status=Status.OPEN)
        .update(status=Status.OPEN, closed_at=None, opened_at=survey.opened_at or now)
    )
    survey.refresh_from_db()
    if changed:
        hashes = {
            "protocol_sha256": survey.protocol_sha256,
            "stimulus_set_sha256": survey.stimulus_set.content_sha256,
        }
        record(actor, Action.SURVEY_OPENED, survey, **hashes)
    return bool(changed)


@transaction.atomic
def close_survey(survey: Survey, actor: Actor = COMMAND_LINE) -> bool:
    """Take no more answers; whether that changed anything. What was answered is kept."""
    changed = Survey.objects.filter(pk=survey.pk, status=Status.OPEN).update(
        status=Status.CLOSED, closed_at=timezone.now()
    )
    survey.refresh_from_db()
    if changed:
        record(actor, Action.SURVEY_CLOSED, survey)
    return bool(changed)
