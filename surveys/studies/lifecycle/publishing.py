"""Opens and closes surveys. Opening freezes protocol and stimulus set."""

from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.utils import timezone

from accounts.audit.record import COMMAND_LINE, Action, Actor, record
from accounts.models import AuditEntry
from surveys.errors import StatusError
from surveys.models import Survey
from surveys.studies.item_drops import opening_details
from surveys.studies.protocols.versions import freeze

Status = Survey.Status
# The detail of the log that names the checks that a study was opened in spite of.
UNMET = "unmet_checks"


def find_survey(slug: str) -> Survey:
    try:
        return Survey.objects.select_related("stimulus_set").get(slug=slug)
    except Survey.DoesNotExist:
        known = ", ".join(Survey.objects.order_by("slug").values_list("slug", flat=True))
        raise StatusError(
            f"There is no study {slug!r}; the studies here are: {known or 'none, load one first'}."
        ) from None


@transaction.atomic
def open_survey(
    survey: Survey, actor: Actor = COMMAND_LINE, unmet_checks: Sequence[str] = ()
) -> bool:
    """Let participants in; whether that changed anything.

    What they are given is frozen: as the first version when it is opened for the first time. A
    closed survey may be opened again, but not once somebody knows which condition is which.
    `unmet_checks` are the titles of those that it is opened in spite of, for the log.
    """
    stored = Survey.objects.select_for_update().get(pk=survey.pk)
    may_open = stored.status != Status.OPEN and stored.is_blind
    if may_open:
        version, now = freeze(stored, actor), timezone.now()
        stored.status, stored.closed_at, stored.closed_by_rule = Status.OPEN, None, False
        stored.opened_at = stored.opened_at or now
        stored.save(update_fields=["status", "closed_at", "closed_by_rule", "opened_at"])
        # What was tried out is over once it counts.
        stored.pilots.filter(status=Status.OPEN).update(status=Status.CLOSED, closed_at=now)
        details: dict[str, Any] = {
            "protocol_sha256": stored.protocol_sha256,
            "stimulus_set_sha256": stored.stimulus_set.content_sha256,
        }
        details |= opening_details(stored)
        if unmet_checks:
            details[UNMET] = ", ".join(unmet_checks)
        record(actor, Action.SURVEY_OPENED, stored, version=version.number, **details)
    survey.refresh_from_db()
    return may_open


def opened_despite(survey: Survey) -> str:
    """Return the titles of the checks that were not met at the first opening, or nothing."""
    if survey.opened_at is None:
        return ""
    openings = AuditEntry.objects.filter(
        subject_kind="survey", subject_id=str(survey.pk), action=Action.SURVEY_OPENED
    )
    first = openings.order_by("number").first()
    return str(first.details.get(UNMET, "")) if first else ""


@transaction.atomic
def close_survey(survey: Survey, actor: Actor = COMMAND_LINE) -> bool:
    """Take nobody new; whether that changed anything. What was answered is kept."""
    changed = Survey.objects.filter(pk=survey.pk, status=Status.OPEN).update(
        status=Status.CLOSED, closed_at=timezone.now()
    )
    survey.refresh_from_db()
    if changed:
        record(actor, Action.SURVEY_CLOSED, survey)
    return bool(changed)
