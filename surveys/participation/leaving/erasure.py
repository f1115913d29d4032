"""Removes what may no longer be kept: one person's data on request, panels' ids after a while."""

from datetime import timedelta

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from accounts.audit.record import Action, Actor, record
from surveys.errors import SurveyError
from surveys.models import PanelIdentity, Participant, Survey
from surveys.participation.leaving.withdrawal import ids_of, withdraw


def erase(survey: Survey, panel_id: str, token: str, actor: Actor) -> None:
    """Erase what one participant gave, as if they had withdrawn; a tombstone stays.

    Names the participant by the panel's id or by the token in their browser's cookie. Raises
    SurveyError when nobody is named so, or when there is nothing left to erase. The audit log has
    that somebody was erased, not who.
    """
    with transaction.atomic():
        everybody = Participant.objects.filter(survey=survey)
        found = (
            everybody.filter(panel_identity__panel_id__in=ids_of(survey.pk, panel_id))
            if panel_id
            else everybody.filter(token=token)
        ).first()
        by = "panel id" if panel_id else "token"
        if found is None:
            raise SurveyError(
                f"No participant of {survey.slug!r} has this {by}; check it, or they were erased "
                "already."
            )
        if found.withdrawn_at is not None:
            raise SurveyError(f"This participant of {survey.slug!r} was erased already.")
        withdraw(found)
        record(actor, Action.DATA_ERASED, survey, participants=1, named_by=by)


def apply_retention(days: int, actor: Actor) -> dict[str, int]:
    """Remove panels' ids from studies closed at least `days` days ago; return counts by slug."""
    latest = timezone.now() - timedelta(days=days)
    old = Survey.objects.filter(status=Survey.Status.CLOSED, closed_at__lte=latest)
    removed = {survey.slug: _remove_panel_ids(survey, days, actor) for survey in old}
    return {slug: count for slug, count in removed.items() if count}


@transaction.atomic
def _remove_panel_ids(survey: Survey, days: int, actor: Actor) -> int:
    identities: QuerySet[PanelIdentity] = PanelIdentity.objects.filter(survey=survey)
    count, _ = identities.delete()
    if count:
        record(actor, Action.DATA_ERASED, survey, panel_ids=count, after_days=days)
    return count
