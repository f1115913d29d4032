"""Lets participants leave before the end: with what they gave kept, or taken back.

Of those who take everything back a tombstone remains, so that counts add up.
"""

from django.db import transaction
from django.utils import timezone
from django.utils.crypto import salted_hmac

from surveys.models import Event, PanelIdentity, Participant
from surveys.participation.sql.writes import erase
from surveys.participation.update_once import update_once

# Begins what is kept of the panel id of somebody who withdrew.
WITHDRAWN_ID = "withdrawn:"


@transaction.atomic
def stop(participant: Participant, why: str = "") -> bool:
    """End the participant's visit and keep what they answered; whether that was done now.

    `why` is stored where somebody else than the participant ended it.
    """
    now = timezone.now()
    under_way = Participant.objects.filter(
        pk=participant.pk, turned_away="", stopped_at=None, withdrawn_at=None
    )
    is_done = update_once(under_way, participant, stopped_at=now, last_active_at=now)
    if is_done:
        Event.objects.create(participant=participant, kind=Event.Kind.STOP, at=now, detail=why)
    return is_done


@transaction.atomic
def withdraw(participant: Participant) -> None:
    """Delete the participant's answers, trials, events, questionnaire and panel id, for good.

    Number, condition and ledger stay, so that everybody else's assignment can be derived again. So
    do a keyed hash of the panel id and whether the participant was turned away: nobody gets another
    try by withdrawing.
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
        stopped_at=None,
        questionnaire={},
        progress={},
        device={},
        comprehension_tries=0,
        n_practised=0,
        n_trials=0,
        n_answered=0,
        n_failed_checks=0,
        n_pages=0,
    ):
        return
    erase(participant)
    _forget_panel_id(participant)


def _forget_panel_id(participant: Participant) -> None:
    """Leave of the panel's ids what recognises the same person, and nothing that names them."""
    identities = PanelIdentity.objects.filter(participant=participant)
    # The browser's signed cookie has it; somebody who is erased by command has no browser here.
    panel_id = participant.panel_id or identities.values_list("panel_id", flat=True).first()
    if panel_id:
        hashed = hashed_panel_id(participant.survey_id, panel_id)
        identities.update(panel_id=hashed, study_id="", session_id="")


def hashed_panel_id(survey_id: int, panel_id: str) -> str:
    """Return what is kept of a withdrawn participant's panel id, another in each study.

    It identifies nobody without the secret key.
    """
    salt = f"surveys.panel_id/{survey_id}"
    return WITHDRAWN_ID + salted_hmac(salt, panel_id, algorithm="sha256").hexdigest()


def ids_of(survey_id: int, panel_id: str) -> tuple[str, str]:
    """Return the ids under which this person of the panel may be stored."""
    return panel_id, hashed_panel_id(survey_id, panel_id)
