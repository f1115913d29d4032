"""Simulated participants from the console: start them, watch them, stop them."""

import secrets

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from accounts.access import SignedInRequest
from surveys.bots import runs as bot_runs
from surveys.bots.walker import require_no_people
from surveys.console.access import for_role
from surveys.errors import BotError
from surveys.models import BotRun, Survey
from surveys.participation.given.fields import read_int

SHOWN = 20
# What a database keeps in the column.
HIGHEST_SEED = 2**63 - 1
POLICY_NAMES = {
    "paper": "As accurately as the paper’s participants",
    "uniform": "At random",
    "truth": "With the image’s true label",
}


@for_role("viewer")
@require_http_methods(["GET", "HEAD", "POST"])
def bots(request: SignedInRequest, survey: Survey) -> HttpResponse:
    if request.method == "POST":
        return _start(request, survey)
    try:
        require_no_people(survey)
        refusal = ""
    except BotError as error:
        refusal = str(error)
    runs = list(survey.bot_runs.all()[:SHOWN])
    context = {
        "survey": survey,
        "runs": [(run, POLICY_NAMES.get(run.policy, run.policy)) for run in runs],
        "n_active": sum(run.is_active for run in runs),
        "refusal": refusal,
        "policies": POLICY_NAMES.items(),
        "most": bot_runs.MOST_BOTS,
        "seed": secrets.randbelow(1_000_000),
    }
    return render(request, "console/bots.html", context)


def _start(request: SignedInRequest, survey: Survey) -> HttpResponse:
    try:
        participants = _read_number(request, "participants", 1, bot_runs.MOST_BOTS)
        seed = _read_number(request, "seed", 0, HIGHEST_SEED)
        policy = request.POST.get("policy", "")
        bot_runs.start_run(survey, participants, seed, policy, request.user)
        messages.success(request, "Started. This page updates itself until it has finished.")
    except BotError as error:
        messages.error(request, str(error))
    return redirect("console:bots", survey.slug)


def _read_number(request: SignedInRequest, name: str, least: int, most: int) -> int:
    text = request.POST.get(name, "")
    number = read_int(text, most, least)
    if number is None:
        raise BotError(
            f"The field {name} must be a whole number from {least} to {most}, but is {text!r}."
        )
    return number


@for_role("editor")
@require_POST
def change(request: SignedInRequest, survey: Survey, run_id: int) -> HttpResponse:
    """Stop a run, or go on with it, as the pressed button says."""
    run = get_object_or_404(BotRun, pk=run_id, survey=survey)
    wants_more = request.POST.get("do") == "continue"
    try:
        if wants_more and not bot_runs.continue_run(run, request.user):
            messages.warning(request, "This run has no bots left.")
    except BotError as error:
        messages.error(request, str(error))
    if not wants_more and not bot_runs.stop_run(run, request.user):
        messages.warning(request, "This run has already ended.")
    return redirect("console:bots", survey.slug)
