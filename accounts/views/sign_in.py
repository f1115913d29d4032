"""Sign-in, in one step or two, and sign-out."""

import time
from typing import Any

from django.contrib import messages
from django.contrib.auth import login
from django.contrib.auth.forms import AuthenticationForm
from django.contrib.auth.models import User
from django.contrib.auth.views import LoginView, LogoutView
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods
from django_otp import login as note_second_factor

from accounts.access import for_anyone
from accounts.sign_in.forms import CodeForm
from accounts.sign_in.second_factor import find_app, is_right_code, locked_until

# Session key: the user who entered the right password and has yet to enter a code.
PENDING = "sign_in_pending"
PENDING_SECONDS = 300
WRONG = "Wrong code. The app shows a new one every 30 seconds; each works once."


class SignIn(LoginView):
    template_name = "accounts/sign_in.html"

    def form_valid(self, form: AuthenticationForm) -> HttpResponse:
        user = form.get_user()
        if find_app(user) is None:
            return super().form_valid(form)
        self.request.session[PENDING] = {
            "user": user.pk,
            # Changes with the password, so a new password also ends this sign-in.
            "hash": user.get_session_auth_hash(),
            "backend": user.backend,
            "next": self.get_success_url(),
            "at": int(time.time()),
        }
        return redirect("accounts:code")


sign_in = for_anyone(SignIn.as_view())
sign_out = for_anyone(LogoutView.as_view())


@for_anyone
@sensitive_post_parameters()
@never_cache
@require_http_methods(["GET", "POST"])
def code(request: HttpRequest) -> HttpResponse:
    """The second step, for users with a second factor."""
    pending: dict[str, Any] = request.session.get(PENDING, {})
    user = _find_pending(pending)
    if user is None:
        request.session.pop(PENDING, None)
        messages.info(request, "Sign in with your name and password first.")
        return redirect("accounts:login")
    form = CodeForm(request.POST or None)
    if form.is_valid():
        until = locked_until(user, form.cleaned_data["code"])
        if until is None and is_right_code(user, form.cleaned_data["code"]):
            return _finish(request, user, pending)
        form.add_error("code", WRONG if until is None else f"Try again at {until:%H:%M:%S} UTC.")
    return render(request, "accounts/code.html", {"form": form})


def _find_pending(pending: dict[str, Any]) -> User | None:
    if not pending or time.time() - pending["at"] > PENDING_SECONDS:
        return None
    user = User.objects.filter(pk=pending["user"], is_active=True).first()
    return user if user and user.get_session_auth_hash() == pending["hash"] else None


def _finish(request: HttpRequest, user: User, pending: dict[str, Any]) -> HttpResponse:
    del request.session[PENDING]
    login(request, user, backend=pending["backend"])
    note_second_factor(request, find_app(user))
    return redirect(pending["next"])
