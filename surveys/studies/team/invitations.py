"""Invitations to a study: a link that works once, until it expires or is revoked."""

import hashlib
import secrets
from datetime import timedelta

from django.conf import settings
from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from accounts.audit.record import Action, Actor, record
from surveys.errors import InvitationError
from surveys.models import Invitation, Role, Survey
from surveys.studies.team.membership import give_role, role_of

# 256 bits: nobody guesses one, and a signature would add nothing to that.
SECRET_BYTES = 32


@transaction.atomic
def invite(survey: Survey, role: Role, inviter: User) -> str:
    """The secret of a new link. It is shown once; the database has only its hash."""
    secret = secrets.token_urlsafe(SECRET_BYTES)
    invitation = Invitation.objects.create(
        survey=survey,
        role=role,
        secret_sha256=_hash(secret),
        made_by=inviter,
        expires_at=timezone.now() + timedelta(hours=settings.LINK_HOURS),
    )
    record(inviter, Action.INVITATION_MADE, survey, invitation=invitation.pk, role=role)
    return secret


def find_invitation(secret: str) -> Invitation:
    """InvitationError, saying why, when the link does not work or does not any more."""
    related = Invitation.objects.select_related("survey", "made_by")
    invitation = related.filter(secret_sha256=_hash(secret)).first()
    if invitation is None:
        raise InvitationError("This invitation does not exist; check that the link is complete.")
    if invitation.used_at is not None:
        raise InvitationError("This invitation was already accepted; a link works once.")
    if invitation.revoked_at is not None:
        raise InvitationError(
            "This invitation was revoked; ask the person who sent it for a new one."
        )
    if invitation.expires_at <= timezone.now():
        raise InvitationError(
            "This invitation has expired; ask the person who sent it for a new one."
        )
    return invitation


def open_invitations(survey: Survey) -> QuerySet[Invitation]:
    return _open().filter(survey=survey, expires_at__gt=timezone.now()).select_related("made_by")


@transaction.atomic
def accept(invitation: Invitation, user: User) -> None:
    """Give the user the invitation's role, unless they have a greater one already."""
    now = timezone.now()
    still_open = _open().filter(pk=invitation.pk, expires_at__gt=now)
    if not still_open.update(used_at=now, used_by=user):
        raise InvitationError("This invitation was accepted or revoked a moment ago.")
    survey, role = invitation.survey, Role(invitation.role)
    record(user, Action.INVITATION_ACCEPTED, survey, invitation=invitation.pk, role=role)
    present = role_of(user, survey)
    if present is None or not present.includes(role):
        give_role(survey, user, role, invitation.made_by or user)


@transaction.atomic
def revoke(invitation: Invitation, actor: Actor) -> bool:
    """Whether that changed anything: an accepted invitation can only be undone among the people."""
    if not _open().filter(pk=invitation.pk).update(revoked_at=timezone.now()):
        return False
    record(actor, Action.INVITATION_REVOKED, invitation.survey, invitation=invitation.pk)
    return True


def _open() -> QuerySet[Invitation]:
    return Invitation.objects.filter(used_at=None, revoked_at=None)


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
