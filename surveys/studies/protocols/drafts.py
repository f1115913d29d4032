"""Texts that were typed in the editor and not saved yet: kept for their author, and previewed."""

from copy import copy

from django.contrib.auth.models import AnonymousUser, User
from django.utils import timezone

from surveys.models import ProtocolDraft, Survey
from surveys.protocol.wording import wording
from surveys.studies.protocols.editing import propose_edit

LONGEST_DRAFT = 500_000


def keep_draft(survey: Survey, person: User, text: str, seen: str) -> None:
    """Keep the text for this person, in place of their earlier one."""
    if len(text) > LONGEST_DRAFT:
        return
    ProtocolDraft.objects.update_or_create(
        survey=survey, person=person, defaults={"text": text, "seen": seen, "at": timezone.now()}
    )


def find_draft(survey: Survey, person: User | AnonymousUser) -> ProtocolDraft | None:
    return ProtocolDraft.objects.filter(survey=survey, person_id=person.pk).first()


def drop_draft(survey: Survey, person: User) -> None:
    ProtocolDraft.objects.filter(survey=survey, person=person).delete()


def survey_with(survey: Survey, text: str) -> Survey:
    """Return the study as it would be with this text; nothing is stored.

    ProtocolError or LoadError for what is wrong in the text.
    """
    proposal = propose_edit(survey, text)
    changed = copy(survey)
    changed.protocol_json = proposal.protocol.as_json()
    changed.protocol = proposal.protocol
    changed.title = wording(proposal.protocol.title, proposal.protocol.languages[0])
    changed.stimulus_set = proposal.load_stimuli()
    return changed
