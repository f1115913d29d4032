"""Sets up and removes the second factor."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from accounts.access import SignedInRequest, signed_in
from accounts.sign_in import second_factor as factor
from accounts.sign_in.forms import AddAppForm, CodeForm

NOT_ADDED = "Wrong code. Check that the phone's clock is right, and try the next code."
NOT_RIGHT = "Wrong code; nothing was changed."


@signed_in
@sensitive_post_parameters()
@never_cache
@require_http_methods(["GET", "POST"])
def second_factor(request: SignedInRequest) -> HttpResponse:
    if factor.find_app(request.user) is not None:
        n_codes = factor.count_recovery_codes(request.user)
        context = {"form": CodeForm(), "n_codes": n_codes}
        return render(request, "accounts/second_factor.html", context)
    form = AddAppForm(request.user, request.POST or None)
    if form.is_valid():
        codes = factor.add_app(request, request.user, form.cleaned_data["code"].strip())
        if codes is not None:
            return render(request, "accounts/recovery_codes.html", {"codes": codes, "is_new": True})
        form.add_error("code", NOT_ADDED)
    device = factor.proposed_app(request, request.user)
    context = {
        "form": form,
        "qr_code": factor.qr_code(device),
        "key": factor.readable_key(device),
    }
    return render(request, "accounts/add_app.html", context)


@signed_in
@sensitive_post_parameters()
@never_cache
@require_POST
def change_second_factor(request: SignedInRequest) -> HttpResponse:
    """Create new recovery codes or remove the second factor; a code proves who is asking."""
    form = CodeForm(request.POST)
    if not form.is_valid() or not factor.is_right_code(request.user, form.cleaned_data["code"]):
        messages.error(request, NOT_RIGHT)
        return redirect("accounts:second_factor")
    if request.POST.get("do") == "renew":
        codes = factor.renew_recovery_codes(request.user)
        return render(request, "accounts/recovery_codes.html", {"codes": codes})
    factor.remove_app(request.user, request.user)
    factor.forget_in_session(request)
    messages.success(request, "Second factor removed. You now sign in by password alone.")
    return redirect("accounts:account")
