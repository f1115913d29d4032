"""Who works on a study: roles, and invitations."""

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from accounts.access import SignedInRequest
from surveys.console.access import for_role
from surveys.errors import SurveyError
from surveys.models import Invitation, Membership, Role, Survey
from surveys.studies.team.invitations import invite, open_invitations, revoke
from surveys.studies.team.membership import give_role, remove_member, role_of


class RoleForm(forms.Form):
    role = forms.ChoiceField(choices=Role.choices, initial=Role.VIEWER)


@for_role("viewer", to_post="owner")
@never_cache
@require_http_methods(["GET", "POST"])
def people(request: SignedInRequest, survey: Survey) -> HttpResponse:
    """The list; and, for owners, a form for one more invitation, whose answer shows its link."""
    form = RoleForm(request.POST or None)
    if form.is_valid():
        role = Role(form.cleaned_data["role"])
        path = reverse("console:invitation", args=[invite(survey, role, request.user)])
        context = {"survey": survey, "role": role, "link": request.build_absolute_uri(path)}
        return render(request, "console/invitation_link.html", context)
    members = list(Membership.objects.filter(survey=survey).select_related("user"))
    owners = [member for member in members if member.role == Role.OWNER]
    context = {
        "survey": survey,
        "members": members,
        "only_owner": owners[0] if len(owners) == 1 else None,
        "invitations": open_invitations(survey),
        "roles": Role.choices,
        "is_owner": role_of(request.user, survey) == Role.OWNER,
    }
    return render(request, "console/people.html", context)


@for_role("owner")
@require_POST
def change_member(request: SignedInRequest, survey: Survey, user_id: int) -> HttpResponse:
    """Another role, or none, as the button says."""
    member = get_object_or_404(
        Membership.objects.select_related("user"), survey=survey, user=user_id
    ).user
    form = RoleForm(request.POST)
    try:
        if request.POST.get("do") == "remove":
            remove_member(survey, member, request.user)
            messages.success(request, f"{member} no longer has access to this study.")
        elif form.is_valid() and give_role(
            survey, member, Role(form.cleaned_data["role"]), request.user
        ):
            messages.success(request, f"The role of {member} is now {form.cleaned_data['role']}.")
        else:
            messages.info(request, "Nothing was changed.")
    except SurveyError as error:
        messages.error(request, str(error))
    is_still_in = role_of(request.user, survey) is not None
    return redirect("console:people", survey.slug) if is_still_in else redirect("console:home")


@for_role("owner")
@require_POST
def revoke_invitation(request: SignedInRequest, survey: Survey, invitation_id: int) -> HttpResponse:
    invitation = get_object_or_404(Invitation, survey=survey, pk=invitation_id)
    if revoke(invitation, request.user):
        messages.success(request, "Invitation revoked. Its link no longer works.")
    else:
        messages.warning(request, "This invitation was already accepted or revoked.")
    return redirect("console:people", survey.slug)
