"""Where an invitation's link leads: accept it with one's account, or make one."""

from django.contrib import messages
from django.contrib.auth import login
from django.contrib.auth.models import User
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from accounts.access import for_anyone
from accounts.sign_in.forms import JoinForm
from accounts.sign_in.researchers import create_account
from surveys.errors import InvitationError
from surveys.models import Invitation
from surveys.studies.team.invitations import accept, find_invitation

BACKEND = "django.contrib.auth.backends.ModelBackend"


@for_anyone
@sensitive_post_parameters()
@never_cache
@require_http_methods(["GET", "POST"])
def invitation(request: HttpRequest, secret: str) -> HttpResponse:
    try:
        found = find_invitation(secret)
        if isinstance(request.user, User):
            return _join_with_account(request, found, request.user)
        return _join_as_new(request, found)
    except InvitationError as error:
        return render(request, "console/invitation_refused.html", {"sentence": error}, status=410)


def _join_with_account(request: HttpRequest, found: Invitation, user: User) -> HttpResponse:
    if request.method == "POST":
        accept(found, user)
        return _welcome(request, found)
    return render(request, "console/invitation.html", {"invitation": found})


def _join_as_new(request: HttpRequest, found: Invitation) -> HttpResponse:
    form = JoinForm(request.POST or None)
    if form.is_valid():
        with transaction.atomic():
            user = create_account(
                form.cleaned_data["username"], None, password=form.cleaned_data["password1"]
            )
            accept(found, user)
        login(request, user, backend=BACKEND)
        return _welcome(request, found)
    return render(request, "console/invitation.html", {"invitation": found, "form": form})


def _welcome(request: HttpRequest, found: Invitation) -> HttpResponse:
    messages.success(request, f"Welcome. Your role in this study is {found.role}.")
    return redirect("console:survey", found.survey.slug)
