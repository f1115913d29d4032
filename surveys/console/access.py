"""Says of each page of a study which role in the study may open it."""

from collections.abc import Callable
from functools import wraps
from inspect import signature
from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404

from accounts.access import SignedInRequest, mark
from surveys.models import Role, Survey
from surveys.studies.team.membership import role_of

View = Callable[..., HttpResponseBase]
SAFE = ("GET", "HEAD", "OPTIONS")
WHOSE = {Role.EDITOR: "editors and owners", Role.OWNER: "owners"}


def for_role(role: str, to_post: str | None = None) -> Callable[[View], View]:
    """For people with this role or a greater one in the study that the address's `slug` names.

    To send a form takes `to_post`; unless it is said, at least an editor. To a stranger the study
    does not exist (404); to a role that does not suffice it is forbidden (403). A view with a
    parameter `survey` is handed the study, one with `slug` its slug.
    """
    to_open = Role(role)
    to_send = Role(to_post) if to_post else _greater(to_open, Role.EDITOR)

    def decorate(view: View) -> View:
        wants_survey = "survey" in signature(view).parameters

        @wraps(view)
        def checked(request: SignedInRequest, slug: str, **kwargs: Any) -> HttpResponseBase:
            survey = get_object_or_404(Survey.objects.select_related("stimulus_set"), slug=slug)
            needed = to_open if request.method in SAFE else to_send
            # Templates show a viewer no buttons.
            request.study_role = require_role(request, survey, needed)
            passed = {"survey": survey} if wants_survey else {"slug": slug}
            return view(request, **passed, **kwargs)

        marked: View = mark(login_required(checked), f"role {to_open}, to post {to_send}")
        return marked

    return decorate


def require_role(request: HttpRequest, survey: Survey, needed: Role) -> Role:
    role = role_of(request.user, survey)
    if role is None:
        raise Http404
    if not role.includes(needed):
        raise PermissionDenied(
            f"Your role in this study is {role.label.lower()}; this page is for {WHOSE[needed]}."
        )
    return role


def _greater(one: Role, other: Role) -> Role:
    return one if one.includes(other) else other
