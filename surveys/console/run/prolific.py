"""The buttons of the page Recruit that ask Prolific; each is asked for by a form."""

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from accounts.access import SignedInRequest
from surveys.console.access import for_role
from surveys.console.run.recruit import entry_of, show_recruit
from surveys.errors import ProlificError
from surveys.models import Survey
from surveys.recruiting.prolific import studies
from surveys.recruiting.prolific.draft import DraftForm

Do = Callable[[SignedInRequest, Survey], str]


@for_role("editor")
@require_POST
def create(request: SignedInRequest, survey: Survey) -> HttpResponse:
    form = DraftForm(request.POST)
    if form.is_valid():
        try:
            entry = entry_of(request, survey)
            studies.create_draft(survey, entry, form.cleaned_data, request.user)
        except ProlificError as error:
            messages.error(request, str(error))
        else:
            messages.success(
                request, "The draft is on Prolific. Look at it and publish it on Prolific’s page."
            )
            return redirect("console:recruit", survey.slug)
    return show_recruit(request, survey, form=form)


@for_role("editor")
@require_POST
def compare(request: SignedInRequest, survey: Survey) -> HttpResponse:
    """Show how Prolific's submissions and our participants differ; nothing is changed."""
    try:
        return show_recruit(
            request, survey, comparison=studies.read_submissions(survey, request.user)
        )
    except ProlificError as error:
        messages.error(request, str(error))
        return redirect("console:recruit", survey.slug)


def _link(request: SignedInRequest, survey: Survey) -> str:
    found = studies.link(survey, request.POST.get("study_id", "").strip(), request.user)
    return f"Linked to “{found.name}” on Prolific."


def _unlink(request: SignedInRequest, survey: Survey) -> str:
    studies.unlink(survey, request.user)
    return "Unlinked. The study on Prolific stays as it is."


def _pause(request: SignedInRequest, survey: Survey) -> str:
    paused = studies.pause(survey, request.user)
    return f"Prolific says the study is {paused.status.lower()}. Start it again on Prolific’s page."


def _give_back(request: SignedInRequest, survey: Survey) -> str:
    count = studies.give_back(survey, request.user)
    if not count:
        return "Nobody holds a place who returned or timed out on Prolific."
    noun = "participant" if count == 1 else "participants"
    return f"The visits of {count} {noun} ended, and their places are free."


ACTIONS: dict[str, Do] = {
    "link": _link, "unlink": _unlink, "pause": _pause, "give-back": _give_back,
}  # fmt: skip


@for_role("editor")
@require_POST
def change(request: SignedInRequest, survey: Survey, action: str) -> HttpResponse:
    """Do one of the actions and say how it went."""
    try:
        messages.success(request, ACTIONS[action](request, survey))
    except ProlificError as error:
        messages.error(request, str(error))
    return redirect("console:recruit", survey.slug)
