"""Lets participants take back everything they gave. A tombstone remains, so that counts add up."""

from django.db import transaction
from django.utils import timezone

from surveys.models import Event, PanelIdentity, Participant, Response, Trial


@transaction.atomic
def withdraw(participant: Participant) -> None:
    """Delete the participant's answers, trials, events, questionnaire and panel id, for good.

    Number, condition and ledger stay, so that everybody else's assignment can be derived again.
    """
    now = timezone.now()
    still_there = Participant.objects.filter(pk=participant.pk, withdrawn_at=None)
    if not still_there.update(
        withdrawn_at=now,
        last_active_at=now,
        introduced_at=None,
        understood_at=None,
        finished_at=None,
        debriefed_at=None,
        turned_away="",
        questionnaire={},
        progress={},
        comprehension_tries=0,
        n_practised=0,
        n_trials=0,
        n_answered=0,
        n_failed_checks=0,
        n_pages=0,
    ):
        return
    Response.objects.filter(trial__participant=participant).delete()
    # Nothing else hangs on these rows, so that one statement removes them.
    Trial.objects.filter(participant=participant)._raw_delete("default")
    Event.objects.filter(participant=participant).delete()
    PanelIdentity.objects.filter(participant=participant).delete()
