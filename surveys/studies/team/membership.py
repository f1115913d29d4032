"""Decides who may do what in a study. Superusers may do everything everywhere."""

from django.contrib.auth.models import AnonymousUser, User
from django.db import transaction
from django.db.models import QuerySet

from accounts.audit.record import Action, Actor, record
from surveys.errors import MembershipError
from surveys.models import Membership, Role, Survey


def role_of(user: User | AnonymousUser, survey: Survey) -> Role | None:
    """None for strangers, to whom a study does not even exist."""
    if not isinstance(user, User):
        return None
    if user.is_superuser:
        return Role.OWNER
    # The team of a study is the team of its pilots.
    study = survey.pilot_of_id or survey.pk
    found = Membership.objects.filter(survey=study, user=user).first()
    return Role(found.role) if found else None


def surveys_of(user: User | AnonymousUser) -> QuerySet[Survey]:
    """The studies that the user may look at, without their pilots."""
    if not isinstance(user, User):
        return Survey.objects.none()
    studies = Survey.objects.filter(pilot_of=None)
    return studies if user.is_superuser else studies.filter(members__user=user)


@transaction.atomic
def give_role(survey: Survey, user: User, role: Role, actor: Actor) -> bool:
    """The user's only role in the study from now on; whether that changed anything.

    MembershipError when the study would be left without an owner.
    """
    _lock(survey)
    membership = Membership.objects.filter(survey=survey, user=user).first()
    if membership is None:
        Membership.objects.create(survey=survey, user=user, role=role)
        record(actor, Action.ROLE_GIVEN, survey, user=user.get_username(), role=role)
        return True
    if membership.role == role:
        return False
    _keep_an_owner(membership)
    before, membership.role = membership.role, role
    membership.save()
    record(actor, Action.ROLE_CHANGED, survey, user=user.get_username(), role=role, earlier=before)
    return True


@transaction.atomic
def remove_member(survey: Survey, user: User, actor: Actor) -> bool:
    _lock(survey)
    membership = Membership.objects.filter(survey=survey, user=user).first()
    if membership is None:
        return False
    _keep_an_owner(membership)
    membership.delete()
    record(actor, Action.ROLE_REMOVED, survey, user=user.get_username(), earlier=membership.role)
    return True


def _lock(survey: Survey) -> None:
    """One change of roles at a time, so that two owners cannot remove each other at once."""
    Survey.objects.select_for_update().get(pk=survey.pk)


def _keep_an_owner(membership: Membership) -> None:
    if membership.role != Role.OWNER:
        return
    others = Membership.objects.filter(survey=membership.survey, role=Role.OWNER)
    if not others.exclude(pk=membership.pk).exists():
        raise MembershipError(
            f"{membership.user} is the only owner of {membership.survey}; make someone else an "
            "owner first."
        )
