"""The installation's accounts, for its administrators."""

from django.contrib import messages
from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Exists, OuterRef
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST
from django_otp.plugins.otp_totp.models import TOTPDevice

from accounts.access import SignedInRequest, for_administrators
from accounts.errors import AccountError
from accounts.sign_in import researchers
from accounts.sign_in.forms import NewResearcherForm
from accounts.sign_in.second_factor import remove_app


@for_administrators
@never_cache
@require_http_methods(["GET", "POST"])
def accounts(request: SignedInRequest) -> HttpResponse:
    """List the accounts and create new ones; the response shows the password link once."""
    form = NewResearcherForm(request.POST or None)
    if form.is_valid():
        with transaction.atomic():
            user = researchers.create_account(
                form.cleaned_data["name"],
                request.user,
                is_administrator=form.cleaned_data["is_administrator"],
            )
            return _show_link(request, user)
    app = TOTPDevice.objects.filter(user=OuterRef("pk"), confirmed=True)
    people = User.objects.annotate(has_app=Exists(app)).order_by("username")
    return render(request, "accounts/accounts.html", {"form": form, "people": people})


@for_administrators
@never_cache
@require_POST
def change_account(request: SignedInRequest, user_id: int) -> HttpResponse:
    """Create a password link, remove the second factor, close or reopen, as the button says."""
    user = get_object_or_404(User, pk=user_id)
    wanted = request.POST.get("do")
    try:
        if wanted == "link":
            return _show_link(request, user)
        if wanted == "forget_app" and remove_app(user, request.user):
            messages.success(request, f"{user} now signs in by password alone.")
        elif wanted == "close":
            researchers.close_account(user, request.user)
            messages.success(request, f"{user} is signed out and can no longer sign in.")
        elif wanted == "reopen":
            researchers.reopen_account(user, request.user)
            messages.success(request, f"{user} can sign in again.")
        else:
            messages.warning(request, "Nothing was changed.")
    except AccountError as error:
        messages.error(request, str(error))
    return redirect("accounts:accounts")


def _show_link(request: SignedInRequest, user: User) -> HttpResponse:
    path = researchers.make_password_link(user, request.user)
    context = {"person": user, "link": request.build_absolute_uri(path)}
    return render(request, "accounts/password_link.html", context)
