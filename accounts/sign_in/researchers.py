"""Creates, closes and reopens researchers' accounts.

No e-mail is sent; administrators pass links on.
"""

import secrets

from axes.utils import reset as forget_failures
from django.contrib.auth.models import User
from django.contrib.auth.tokens import default_token_generator
from django.contrib.auth.validators import UnicodeUsernameValidator
from django.core.exceptions import ValidationError
from django.db import transaction
from django.urls import reverse
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode

from accounts.audit.record import COMMAND_LINE, Action, Actor, record
from accounts.errors import AccountError
from accounts.sign_in.sessions import end_sessions


@transaction.atomic
def create_account(
    name: str, actor: Actor | None, password: str | None = None, is_administrator: bool = False
) -> User:
    """Create an account; without a password, nobody can sign in until one is set with a link.

    `actor` is None if the new user creates it. Raises AccountError for an invalid or taken name.
    """
    check_name(name)
    user = User.objects.create_user(name, password=password, is_superuser=is_administrator)
    record(actor or user, Action.ACCOUNT_CREATED, user, administrator=is_administrator)
    return user


def check_name(name: str) -> None:
    try:
        User._meta.get_field("username").run_validators(name)
        UnicodeUsernameValidator()(name)
    except ValidationError as error:
        raise AccountError(
            f"{name!r} is not a valid name; use at most 150 letters, digits and . _ - + @, without "
            "spaces."
        ) from error
    if User.objects.filter(username__iexact=name).exists():
        raise AccountError(f"An account named {name!r} exists already; choose another name.")


def find_account(name: str) -> User:
    try:
        return User.objects.get(username=name)
    except User.DoesNotExist:
        raise AccountError(
            f"There is no account named {name!r}; create it with create_researcher {name}."
        ) from None


@transaction.atomic
def make_password_link(user: User, actor: Actor) -> str:
    """Return the path of a page where the user can set a password once, within LINK_HOURS.

    Nothing is stored: Django signs the link together with the current password and the last
    sign-in, so a new password or a sign-in voids it.
    """
    record(actor, Action.PASSWORD_LINK_MADE, user)
    uid = urlsafe_base64_encode(force_bytes(user.pk))
    token = default_token_generator.make_token(user)
    return reverse("accounts:set_password", args=[uid, token])


@transaction.atomic
def give_one_time_password(name: str) -> str:
    """Return a new password for the account, which is created if missing."""
    user = User.objects.filter(username=name).first() or create_account(name, COMMAND_LINE)
    password = secrets.token_urlsafe(12)
    user.set_password(password)
    user.save(update_fields=["password"])
    note_new_password(user, Action.PASSWORD_CHANGED, COMMAND_LINE)
    return password


@transaction.atomic
def note_new_password(
    user: User, action: Action, actor: Actor, session_key: str | None = None
) -> None:
    """After a password was saved, end old sessions and the wait after wrong passwords."""
    end_sessions(user, but=session_key)
    forget_failures(username=user.get_username())
    record(actor, action, user)


@transaction.atomic
def close_account(user: User, actor: User) -> None:
    """Close the account: sign-in stops, the log keeps the user's actions. It can be reopened."""
    if user == actor:
        raise AccountError("You cannot close your own account; ask another administrator.")
    if User.objects.filter(pk=user.pk, is_active=True).update(is_active=False):
        end_sessions(user)
        record(actor, Action.ACCOUNT_CLOSED, user)


@transaction.atomic
def reopen_account(user: User, actor: User) -> None:
    if User.objects.filter(pk=user.pk, is_active=False).update(is_active=True):
        record(actor, Action.ACCOUNT_REOPENED, user)


@transaction.atomic
def sign_out_everywhere(user: User) -> None:
    end_sessions(user)
    record(user, Action.SIGNED_OUT_EVERYWHERE, user)
