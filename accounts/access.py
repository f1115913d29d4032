"""Says of each page of the console who may open it.

Every view of the console carries exactly one of these, or `for_role` of surveys/console/access.py;
tests/test_console_access.py walks all addresses and holds that. A decorator leaves what it asks for
on the view as `view.access`.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

from django.contrib.auth.decorators import login_required
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseBase

View = TypeVar("View", bound=Callable[..., HttpResponseBase])
ANYONE = "anyone"
SIGNED_IN = "signed in"
ADMINISTRATORS = "administrators"


class SignedInRequest(HttpRequest):
    """A request behind `signed_in`: there is a user."""

    user: User
    # On a page of a study: the role in it.
    study_role: str = ""


def mark(view: Any, access: str) -> Any:
    view.access = access
    return view


def for_anyone(view: View) -> View:
    """Signing in, and pages that a link with a secret leads to."""
    marked: View = mark(view, ANYONE)
    return marked


def signed_in(view: View) -> View:
    """For every researcher of this installation."""
    marked: View = mark(login_required(view), SIGNED_IN)
    return marked


def for_administrators(view: View) -> View:
    """For those who run the installation (superusers)."""

    @wraps(view)
    def checked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not (isinstance(request.user, User) and request.user.is_superuser):
            raise PermissionDenied("This page is for administrators of this installation only.")
        return view(request, *args, **kwargs)

    marked: View = mark(login_required(checked), ADMINISTRATORS)
    return marked
