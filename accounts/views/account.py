"""The user's own account: password, sessions, recent actions."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.forms import PasswordChangeForm
from django.contrib.auth.views import PasswordChangeView, PasswordResetConfirmView
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse_lazy
from django.views.decorators.http import require_POST, require_safe

from accounts.access import SignedInRequest, for_anyone, signed_in
from accounts.models import AuditEntry, Session
from accounts.models.actions import Action
from accounts.sign_in.researchers import note_new_password, sign_out_everywhere
from accounts.sign_in.second_factor import count_recovery_codes, find_app

N_RECENT = 10


@signed_in
@require_safe
def account(request: SignedInRequest) -> HttpResponse:
    context = {
        "app": find_app(request.user),
        "n_codes": count_recovery_codes(request.user),
        "n_sessions": Session.objects.filter(user=request.user).count(),
        "recent": AuditEntry.objects.filter(actor_id=request.user.pk)[:N_RECENT],
    }
    return render(request, "accounts/account.html", context)


class ChangePassword(PasswordChangeView):
    template_name = "accounts/change_password.html"
    success_url = reverse_lazy("accounts:account")

    @transaction.atomic
    def form_valid(self, form: PasswordChangeForm) -> HttpResponse:
        response = super().form_valid(form)
        key = self.request.session.session_key
        note_new_password(form.user, Action.PASSWORD_CHANGED, form.user, session_key=key)
        messages.success(self.request, "Password changed. You are signed out everywhere else.")
        return response


change_password = signed_in(ChangePassword.as_view())


class SetPassword(PasswordResetConfirmView):
    """Set a password with a link from an administrator, which works once."""

    template_name = "accounts/set_password.html"
    success_url = reverse_lazy("accounts:login")

    @transaction.atomic
    def form_valid(self, form: Any) -> HttpResponse:
        response = super().form_valid(form)
        note_new_password(form.user, Action.PASSWORD_SET, form.user)
        messages.success(self.request, "Password set. Sign in with it.")
        return response


set_password = for_anyone(SetPassword.as_view())


@signed_in
@require_POST
def sign_out_of_all(request: SignedInRequest) -> HttpResponse:
    sign_out_everywhere(request.user)
    messages.success(request, "You are signed out everywhere.")
    return redirect("accounts:login")
