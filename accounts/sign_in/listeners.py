"""Records sign-ins, failures and sign-outs in the audit log, on signals of Django and axes."""

from typing import Any

from axes.signals import user_locked_out
from django.contrib.auth import get_user_model
from django.contrib.auth.models import User
from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed
from django.dispatch import receiver
from django.http import HttpRequest

from accounts.audit.record import NOBODY, Action, record
from accounts.sign_in.sessions import begin_session
from accounts.sign_in.throttling import was_only_refused


@receiver(user_logged_in)
def on_signed_in(sender: Any, request: HttpRequest, user: User, **_: Any) -> None:
    begin_session(request.session)
    record(user, Action.SIGNED_IN, user)


@receiver(user_logged_out)
def on_signed_out(sender: Any, user: User | None, **_: Any) -> None:
    if user is not None:
        record(user, Action.SIGNED_OUT, user)


@receiver(user_login_failed)
def on_failed(sender: Any, credentials: dict[str, Any], request: Any = None, **_: Any) -> None:
    if request is not None and not was_only_refused(request):
        _record_of_account(Action.SIGN_IN_FAILED, credentials.get("username"))


@receiver(user_locked_out)
def on_locked_out(request: HttpRequest, username: str | None, **_: Any) -> None:
    if not was_only_refused(request):
        _record_of_account(Action.SIGN_IN_LOCKED, username)


def _record_of_account(action: Action, name: str | None) -> None:
    """Record only names that are accounts: another one may be a password typed in the wrong field.

    This also keeps guessed names from filling the log.
    """
    user = get_user_model().objects.filter(username=name).first()
    if user is not None:
        record(NOBODY, action, user)
