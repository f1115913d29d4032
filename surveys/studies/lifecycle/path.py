"""The way of a study from its draft to its report: what is done, and what comes next."""

from dataclasses import dataclass, replace
from enum import StrEnum

from django.db.models import Exists

from surveys.models import Job, Participant, PreflightRun, Survey


class State(StrEnum):
    DONE = "done"
    NEXT = "next"
    LATER = "later"
    # Not done when the study was opened, so it is too late.
    SKIPPED = "skipped"
    # Worth doing, but nothing stores whether it was done.
    ANY_TIME = "any time"


@dataclass(frozen=True)
class Station:
    """One part of the way."""

    label: str
    # The URL name of the page where it is done; its argument is the study's slug.
    page: str
    # What the one button of the next station says, and why one would press it.
    button: str
    advice: str
    state: State


BEFORE_OPENING = ("Checks", "Pilot")
# Label, page, button, advice, in order.
STATIONS = (
    ("Draft", "console:protocol", "Read the protocol", "The protocol is loaded."),
    ("Preview", "console:preview_choice", "Open the preview",
     "See each page as a participant does."),
    ("Checks", "console:preflight", "Run the checks",
     "They search every page for what participants must not see."),
    ("Pilot", "console:pilots", "Start a pilot",
     "Take the study yourself, or send bots, before anybody else does."),
    ("Open", "console:preflight", "Go to the checks and open",
     "From then on, anyone with the link can take part."),
    ("Close", "console:live", "Watch the participants",
     "It can be closed when the sample is complete."),
    ("Unblind", "console:unblind", "Unblind the study",
     "The letters of the conditions become names, and the study cannot be opened again."),
    ("Report", "console:exports", "Build the report",
     "It contains the declared tests, tables and figures."),
)  # fmt: skip


def find_path(survey: Survey, n_unmet: int = 0) -> list[Station]:
    """The stations with their states, in one query; `n_unmet` checks have run and are not met."""
    done, is_due = _done(survey), dict.fromkeys(BEFORE_OPENING, survey.opened_at is None)
    done["Checks"] = done["Checks"] and not n_unmet
    waiting = [
        label for label, is_done in done.items() if not is_done and is_due.get(label, True)
    ]  # fmt: skip
    found = [
        Station(label, page, button, advice, _state(label, done, waiting))
        for label, page, button, advice in STATIONS
    ]
    return [_with_unmet(row, n_unmet) if row.label == "Checks" else row for row in found]


def _with_unmet(station: Station, n_unmet: int) -> Station:
    """The checks when they have run: how many are not met, instead of that they should run."""
    if not n_unmet:
        return station
    words = f"{n_unmet} {'is' if n_unmet == 1 else 'are'} not met or unknown."
    return replace(station, button="Go to the checks", advice=words)


def _state(label: str, done: dict[str, bool], waiting: list[str]) -> State:
    if label not in done:
        return State.ANY_TIME
    if done[label]:
        return State.DONE
    if label not in waiting:
        return State.SKIPPED
    return State.NEXT if label == waiting[0] else State.LATER


def _done(survey: Survey) -> dict[str, bool]:
    """What is stored of each station, in order."""
    stored = _stored(survey)
    return {
        "Draft": True,
        "Checks": stored["is_checked"],
        "Pilot": stored["is_piloted"],
        "Open": survey.opened_at is not None,
        "Close": survey.status == Survey.Status.CLOSED,
        "Unblind": not survey.is_blind,
        "Report": stored["has_report"],
    }


def _stored(survey: Survey) -> dict[str, bool]:
    """What the tables say, in one query: checks and pilots count for the present protocol only."""
    present = {"protocol_sha256": survey.protocol_sha256}
    checks = PreflightRun.objects.filter(
        survey=survey, status=PreflightRun.Status.FINISHED, **present
    )
    pilots = Participant.objects.filter(
        survey__pilot_of=survey,
        survey__protocol_sha256=survey.protocol_sha256,
        finished_at__isnull=False,
    )
    reports = Job.objects.filter(survey=survey, kind=Job.Kind.REPORT, status=Job.Status.FINISHED)
    found = Survey.objects.values(
        is_checked=Exists(checks), is_piloted=Exists(pilots), has_report=Exists(reports)
    )
    return {name: bool(is_there) for name, is_there in found.get(pk=survey.pk).items()}
