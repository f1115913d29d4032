"""Decorators that say who may open a page of the console.

Every view of the console has exactly one of these, or `for_role` of surveys/console/access.py;
tests/test_console_access.py checks every address. Each decorator stores its rule on the view as
`view.access`.
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
    """A request of a signed-in user, as views behind `signed_in` get it."""

    user: User
    # On a page of a study: the user's role in it.
    study_role: str = ""


def mark(view: Any, access: str) -> Any:
    view.access = access
    return view


def for_anyone(view: View) -> View:
    """Let anyone open the view: sign-in, and pages reached by a secret link."""
    marked: View = mark(view, ANYONE)
    return marked


def signed_in(view: View) -> View:
    """Let every researcher with an account open the view."""
    marked: View = mark(login_required(view), SIGNED_IN)
    return marked


def for_administrators(view: View) -> View:
    """Let administrators (superusers) open the view."""

    @wraps(view)
    def checked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not (isinstance(request.user, User) and request.user.is_superuser):
            raise PermissionDenied("This page is for administrators of this installation only.")
        return view(request, *args, **kwargs)

    marked: View = mark(login_required(checked), ADMINISTRATORS)
    return marked
