"""Links for reviewers: they read the report and take the exported data, and change nothing.

Neither report nor export has a participant's ID at Prolific, SONA or MTurk.
"""

import hashlib
import secrets
from datetime import timedelta

from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone

from accounts.audit.record import Action, Actor, record
from surveys.errors import InvitationError
from surveys.models import ReviewLink, Survey

# 256 bits: nobody guesses one, and a signature would add nothing to that.
SECRET_BYTES = 32
# How long a link works, as the form offers it.
DAYS = (30, 90, 365)
LONGEST_LABEL = 100
# Of a download by a link, in the log. It has spaces, which names of accounts cannot have.
REVIEWER = "a reviewers’ link"


@transaction.atomic
def make_link(survey: Survey, label: str, days: int, person: User) -> str:
    """The secret of a new link. It is shown once; the database has only its hash.

    InvitationError for a label that is empty or too long, and for days that are not offered.
    """
    label = label.strip()
    if not 0 < len(label) <= LONGEST_LABEL:
        raise InvitationError(f"Say in 1 to {LONGEST_LABEL} characters whom the link is for.")
    if days not in DAYS:
        raise InvitationError(f"A link works for {', '.join(map(str, DAYS))} days; choose one.")
    secret, now = secrets.token_urlsafe(SECRET_BYTES), timezone.now()
    link = ReviewLink.objects.create(
        survey=survey,
        secret_sha256=_hash(secret),
        label=label,
        made_by=person.get_username(),
        made_at=now,
        expires_at=now + timedelta(days=days),
    )
    record(person, Action.REVIEW_LINK_MADE, survey, link=link.pk, label=label)
    return secret


def find_link(secret: str) -> ReviewLink:
    """InvitationError, saying why, when the link does not work or does not any more."""
    known = ReviewLink.objects.select_related("survey")
    link = known.filter(secret_sha256=_hash(secret)).first()
    if link is None:
        raise InvitationError("This link does not exist; check that it is complete.")
    if link.revoked_at is not None:
        raise InvitationError("This link was revoked; ask the study’s team for another one.")
    if link.expires_at <= timezone.now():
        raise InvitationError("This link has expired; ask the study’s team for another one.")
    return link


@transaction.atomic
def revoke_link(link: ReviewLink, actor: Actor) -> bool:
    """End the link; False if it was revoked before."""
    if not ReviewLink.objects.filter(pk=link.pk, revoked_at=None).update(revoked_at=timezone.now()):
        return False
    record(actor, Action.REVIEW_LINK_REVOKED, link.survey, link=link.pk, label=link.label)
    return True


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
