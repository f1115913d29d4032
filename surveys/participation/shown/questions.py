"""The questions of a trial: as they are asked, and as they are shown with what was sent so far."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from random import Random

from django.http import QueryDict

from surveys.models import Participant, Trial
from surveys.participation.shown.images import Pictures
from surveys.protocol.questions.kind import CANT_TELL, AskedQuestion
from surveys.protocol.questions.ranking import rank_fields
from surveys.protocol.schema import CONFIDENCE, Protocol
from surveys.protocol.task import TaskQuestion
from surveys.protocol.wording import option_label, wording
from surveys.randomisation.trials import arrange

# The form's field of the question that is scored.
ANSWER = "answer"


@dataclass(frozen=True)
class ShownChoice:
    """One option of a question."""

    value: str
    label: str
    is_chosen: bool
    # Of a picture to choose.
    address: str = ""
    # Of a ranking: the field for its place, which is then the value.
    field_name: str = ""


@dataclass(frozen=True)
class ShownQuestion:
    """A question of a trial as its template shows it."""

    name: str
    field_name: str
    kind: str
    template: str
    text: str
    choices: list[ShownChoice] = field(default_factory=list)
    low: str = ""
    high: str = ""
    required: bool = True
    is_missing: bool = False
    # What was sent before, of kinds without choices.
    value: str = ""

    @property
    def places(self) -> list[str]:
        """Return the places of a ranking."""
        return [str(number) for number, _ in enumerate(self.choices, start=1)]


def first_asked(protocol: Protocol, options: Sequence[str]) -> AskedQuestion:
    """Return the scored question, with the options of a trial."""
    first = protocol.task.first
    return AskedQuestion(first.name, first.kind, ANSWER, options)


def option_sent(protocol: Protocol, options: Sequence[str], sent: str) -> str:
    """Return the option that a form's value stands for; empty for one that was not offered."""
    asked = first_asked(protocol, options)
    values = {protocol.task.first.behaviour.form_value(asked, each): each for each in options}
    return values.get(sent, "")


def further_asked(
    protocol: Protocol, trial: Trial, seed: int, number: int
) -> list[tuple[TaskQuestion, AskedQuestion]]:
    """Return the questions that a trial asks beside the first, with their options in order.

    Their orders follow from the seed, the participant's number and the trial's position.
    """
    if trial.kind == Trial.Kind.ATTENTION or len(protocol.questions) == 1:
        return []
    of_item = [option for option in trial.options if option != CANT_TELL]
    if protocol.task.needs_item:
        of_item = trial.item.options
    return [
        (row, _asked(row, protocol, arrange(row, of_item, protocol, seed, number, place)))
        for row in protocol.questions[1:]
        for place in [f"{trial.position}/{row.name}"]
    ]


def fill_in_further(
    protocol: Protocol, trial: Trial, seed: int, number: int, random: Random
) -> dict[str, str]:
    """Return a form's fields with invented answers to the questions beside the first."""
    fields: dict[str, str] = {}
    for question, asked in further_asked(protocol, trial, seed, number):
        fields |= question.behaviour.fill_in(asked, random)
    return fields


def _asked(question: TaskQuestion, protocol: Protocol, options: Sequence[str]) -> AskedQuestion:
    is_confidence = protocol.trials.confidence and question.name == CONFIDENCE
    return AskedQuestion(
        question.name,
        question.kind,
        CONFIDENCE if is_confidence else f"q_{question.name}",
        options if "options" in question.behaviour.keys else (),
        question.n_points,
        question.required,
    )


def show_first(
    participant: Participant,
    options: Sequence[str],
    pictures: Pictures,
    sent: QueryDict,
    chosen: str = "",
) -> ShownQuestion:
    """Return the scored question; `chosen` is the option chosen before, if nothing was sent."""
    protocol, language = participant.protocol, participant.language
    first, asked = protocol.task.first, first_asked(protocol, options)
    text = wording(first.question or protocol.texts.question, language)
    kept = option_sent(protocol, options, sent.get(ANSWER, "")) or chosen
    return _show(first, asked, participant, pictures, {ANSWER: kept}, text, is_missing=False)


def show_further(
    participant: Participant, trial: Trial, pictures: Pictures, sent: QueryDict, is_judged: bool
) -> list[ShownQuestion]:
    """Return the questions beside the first; those still missing are marked if it is judged."""
    number, seed = participant.number or 0, participant.survey.seed
    return [
        _show(
            question,
            asked,
            participant,
            pictures,
            {name: sent.get(name, "") for name in sent},
            wording(question.question, participant.language),
            is_missing=is_judged and asked.required and not _is_sent(asked, sent),
        )
        for question, asked in further_asked(participant.protocol, trial, seed, number)
    ]


def _is_sent(asked: AskedQuestion, sent: QueryDict) -> bool:
    names = rank_fields(asked) if asked.kind == "ranking" else [asked.field_name]
    return all(sent.get(name, "").strip() for name in names)


def _show(
    question: TaskQuestion,
    asked: AskedQuestion,
    participant: Participant,
    pictures: Pictures,
    sent: Mapping[str, str],
    text: str,
    is_missing: bool,
) -> ShownQuestion:
    language = participant.language
    return ShownQuestion(
        question.name,
        asked.field_name,
        question.kind,
        question.behaviour.template,
        text,
        _choices(question, asked, participant, pictures, sent),
        wording(question.low, language),
        wording(question.high, language),
        question.required,
        is_missing,
        sent.get(asked.field_name, ""),
    )


def _choices(
    question: TaskQuestion,
    asked: AskedQuestion,
    participant: Participant,
    pictures: Pictures,
    sent: Mapping[str, str],
) -> list[ShownChoice]:
    protocol, language = participant.protocol, participant.language
    kept = sent.get(asked.field_name, "")
    if question.kind == "scale":
        labels = [wording(label, language) for label in question.labels]
        points = [str(point) for point in range(1, asked.points + 1)]
        return [
            ShownChoice(point, label, point == kept)
            for point, label in zip(points, labels or points, strict=True)
        ]
    named = [(each, option_label(protocol, each, language, question)) for each in asked.options]
    if question.kind == "ranking":
        return [
            ShownChoice(sent.get(place, ""), label, is_chosen=False, field_name=place)
            for (_, label), place in zip(named, rank_fields(asked), strict=True)
        ]
    values = [question.behaviour.form_value(asked, option) for option in asked.options]
    addresses = pictures.choices if question.kind == "pictures" else {}
    return [
        ShownChoice(value, label, kept in (option, value), addresses.get(option, ""))
        for (option, label), value in zip(named, values, strict=True)
    ]
