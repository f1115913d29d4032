"""Questions about simple drawings, where the protocol asks for them."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.http import QueryDict
from django.urls import reverse
from django.utils.translation import gettext, override

from surveys.models import Participant
from surveys.participation import refusals
from surveys.participation.given.fields import ShownOption, ShownQuestion, are_offered, read_int
from surveys.participation.refusals import Refusal
from surveys.participation.shown.visual.tasks import NAME, Task, find_tasks
from surveys.participation.steps.step import Changes, Context, Step
from surveys.protocol.schema import Protocol


@dataclass(frozen=True)
class VisualChecks(Step):
    """Answers are stored and not judged: a wrong one turns nobody away and costs nothing."""

    name = "visual"
    title = "Visual checks"
    asked_by = "checks.visual"

    def read(self, participant: Participant, sent: QueryDict) -> list[str] | Refusal:
        tasks = _tasks_of(participant)
        for task in tasks:
            if not are_offered(sent.getlist(_field(task)), len(task.choices)):
                return refusals.NOT_OFFERED
        given = _given(tasks, sent)
        if len(given) != len(tasks):
            return refusals.NOT_ALL_ANSWERED
        return [task.values[given[task.number] - 1] for task in tasks]

    def changes(self, participant: Participant, answer: list[str]) -> Changes:
        changes = super().changes(participant, answer)
        device = {**participant.device, "visual": answer}
        return Changes({**changes.columns, "device": device}, changes.rows)

    def context(
        self, participant: Participant, sent: QueryDict, problem: Refusal | None = None
    ) -> Context:
        tasks = _tasks_of(participant)
        given = _given(tasks, sent)
        with override(participant.language):
            questions = [_question(task, participant.survey.slug, given, problem) for task in tasks]
        return {"questions": questions, "problem": problem}

    def right_answers(self, protocol: Protocol) -> dict[str, str]:
        return {
            _field(task): str(task.values.index(task.drawing.answer) + 1)
            for task in find_tasks(protocol.seed, protocol.checks.visual)
        }


def _tasks_of(participant: Participant) -> list[Task]:
    return find_tasks(participant.survey.seed, participant.protocol.checks.visual)


def _field(task: Task) -> str:
    return f"visual_{task.number}"


def _given(tasks: list[Task], sent: QueryDict) -> dict[int, int]:
    """By the checks' numbers: the choice, from 1, where one was made."""
    chosen = {
        task.number: read_int(sent.get(_field(task), ""), len(task.choices), least=1)
        for task in tasks
    }
    return {number: choice for number, choice in chosen.items() if choice is not None}


def _question(
    task: Task, slug: str, given: Mapping[int, int], problem: Refusal | None
) -> ShownQuestion:
    return ShownQuestion(
        name=_field(task),
        kind="choice",
        text=gettext(task.kind.question),
        options=[
            ShownOption(number, gettext(label), given.get(task.number) == number)
            for number, (_, label) in enumerate(task.choices, start=1)
        ],
        required=True,
        is_missing=problem is not None and task.number not in given,
        picture=reverse(f"surveys:{NAME}", args=[slug, task.number]),
        alternative=gettext(task.kind.alternative),
    )
