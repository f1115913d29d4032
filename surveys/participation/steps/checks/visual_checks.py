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
from surveys.participation.shown.visual.registry import NAME, Check, find_checks
from surveys.participation.steps.step import Changes, Context, Step
from surveys.protocol.schema import Protocol


@dataclass(frozen=True)
class VisualChecks(Step):
    """Answers are stored and not judged: a wrong one turns nobody away and costs nothing."""

    name = "visual"
    title = "Visual checks"
    asked_by = "checks.visual"

    def read(self, participant: Participant, sent: QueryDict) -> list[str] | Refusal:
        checks = _checks_of(participant)
        for check in checks:
            if not are_offered(sent.getlist(_field(check)), len(check.choices)):
                return refusals.NOT_OFFERED
        given = _given(checks, sent)
        if len(given) != len(checks):
            return refusals.NOT_ALL_ANSWERED
        return [check.values[given[check.number] - 1] for check in checks]

    def changes(self, participant: Participant, answer: list[str]) -> Changes:
        changes = super().changes(participant, answer)
        device = {**participant.device, "visual": answer}
        return Changes({**changes.columns, "device": device}, changes.rows)

    def context(
        self, participant: Participant, sent: QueryDict, problem: Refusal | None = None
    ) -> Context:
        checks = _checks_of(participant)
        given = _given(checks, sent)
        with override(participant.language):
            questions = [
                _question(check, participant.survey.slug, given, problem) for check in checks
            ]
        return {"questions": questions, "problem": problem}

    def right_answers(self, protocol: Protocol) -> dict[str, str]:
        return {
            _field(check): str(check.values.index(check.drawing.answer) + 1)
            for check in find_checks(protocol.seed, protocol.checks.visual)
        }


def _checks_of(participant: Participant) -> list[Check]:
    return find_checks(participant.survey.seed, participant.protocol.checks.visual)


def _field(check: Check) -> str:
    return f"visual_{check.number}"


def _given(checks: list[Check], sent: QueryDict) -> dict[int, int]:
    """By the checks' numbers: the choice, from 1, where one was made."""
    chosen = {
        check.number: read_int(sent.get(_field(check), ""), len(check.choices), least=1)
        for check in checks
    }
    return {number: choice for number, choice in chosen.items() if choice is not None}


def _question(
    check: Check, slug: str, given: Mapping[int, int], problem: Refusal | None
) -> ShownQuestion:
    return ShownQuestion(
        name=_field(check),
        kind="choice",
        text=gettext(check.kind.question),
        options=[
            ShownOption(number, gettext(label), given.get(check.number) == number)
            for number, (_, label) in enumerate(check.choices, start=1)
        ],
        required=True,
        is_missing=problem is not None and check.number not in given,
        picture=reverse(f"surveys:{NAME}", args=[slug, check.number]),
        alternative=gettext(check.kind.alternative),
    )
