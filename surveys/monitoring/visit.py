"""One participant's visit, step by step, from what is stored; nothing is recorded for it.

While the study is blind it shows neither answers nor pictures: a picture beside the person's letter
would show which condition the letter stands for.
"""

from dataclasses import dataclass, field
from datetime import datetime

from surveys.models import Event, Participant, Survey, Trial
from surveys.protocol.questions.kind import CANT_TELL
from surveys.protocol.task import ORIGINAL
from surveys.protocol.wording import wording


@dataclass(frozen=True)
class VisitTrial:
    """One trial as the participant went through it."""

    trial: Trial
    # In the order shown, as the stimulus set names classes; "can't tell" in the protocol's words.
    options: list[str]
    # When the answer was stored, and after how many milliseconds, if the page measured it.
    answered_at: datetime | None
    took_ms: int | None
    # Of an attention check: whether it was passed.
    passed: bool | None
    # What the study's blinding hides: the answer, the model's answer, and (label, file) of what
    # was shown.
    answer: str = ""
    prediction: str = ""
    files: list[tuple[str, str]] = field(default_factory=list)


@dataclass(frozen=True)
class Happening:
    """One stored event, in words."""

    at: datetime
    label: str
    # The assignment's names the condition, so it is empty while the study is blind.
    detail: str


@dataclass(frozen=True)
class Visit:
    """What happened, and what was asked, each in its order."""

    events: list[Happening]
    trials: list[VisitTrial]


def find_visit(survey: Survey, person: Participant) -> Visit:
    """The person's events and trials, in three queries."""
    trials = person.trials.select_related("item", "response")
    if not survey.is_blind:
        trials = trials.prefetch_related("item__stimuli")
    rows = [_row(trial, person, survey.is_blind) for trial in trials.order_by("position")]
    events = [_happening(event, survey.is_blind) for event in person.events.all()]
    return Visit(events, rows)


def _happening(event: Event, is_blind: bool) -> Happening:
    is_told = event.kind != Event.Kind.ASSIGNMENT or not is_blind
    return Happening(event.at, event.get_kind_display(), event.detail if is_told else "")


def _row(trial: Trial, person: Participant, is_blind: bool) -> VisitTrial:
    response = getattr(trial, "response", None)
    is_check = trial.kind == Trial.Kind.ATTENTION
    row = VisitTrial(
        trial=trial,
        options=[_in_words(option, person) for option in trial.options],
        answered_at=response.answered_at if response else None,
        took_ms=response.response_time_ms if response else None,
        passed=response.option == trial.expected if response and is_check else None,
    )
    return row if is_blind else _unblinded(row, person)


def _in_words(option: str, person: Participant) -> str:
    if option != CANT_TELL:
        return option
    protocol = person.protocol
    return wording(protocol.texts.cant_tell, protocol.languages[0])


def _unblinded(row: VisitTrial, person: Participant) -> VisitTrial:
    response, item = getattr(row.trial, "response", None), row.trial.item
    names = {stimulus.kind: stimulus.file_name for stimulus in item.stimuli.all()}
    condition = row.trial.shown_to(person)
    shown = {ORIGINAL: "Image", condition: condition}
    return VisitTrial(
        trial=row.trial,
        options=row.options,
        answered_at=row.answered_at,
        took_ms=row.took_ms,
        passed=row.passed,
        answer=_in_words(response.option, person) if response else "",
        prediction=item.prediction,
        files=[(label, names[kind]) for kind, label in shown.items() if kind in names],
    )
