"""Walks a survey's preview from page to page by filling in each form; nothing is stored."""

from collections import defaultdict
from collections.abc import Iterator
from random import Random

from django.http import HttpRequest, QueryDict

from surveys.bots.page_reader import read_page
from surveys.models import Condition, Survey, Trial
from surveys.participation import flow
from surveys.participation.refusals import Refusal
from surveys.participation.shown.questions import ANSWER, fill_in_further, first_asked
from surveys.participation.sql.reads import upcoming_trials
from surveys.participation.steps.assignment import Assignment
from surveys.participation.steps.step import Step
from surveys.participation.steps.trial import TrialPage
from surveys.preview.walk import Preview, Walk, read_only

LONGEST_WALK = 10_000


def rehearse(survey: Survey, condition: Condition, language: str) -> Iterator[tuple[Preview, str]]:
    """Yield the preview at each page with the page's HTML, from the first to the last."""
    walk = Walk(condition.name, language)
    sent = QueryDict(mutable=True)
    with read_only():
        for _ in range(LONGEST_WALK):
            preview = Preview(survey, walk, condition)
            html = preview.show(_request(preview.url), sent, has_bar=False).content.decode()
            yield preview, html
            if preview.step.is_end:
                return
            sent = _fill_in(preview, html)
            result = preview.go_on(sent)
            if isinstance(result, Refusal):
                raise RuntimeError(f"The preview does not go on from {preview.url}.")
            if result is not None:
                walk, sent = result, QueryDict(mutable=True)


def walk_to(survey: Survey, condition: Condition, language: str, page: str) -> Walk:
    """Return the walk that has come to a page of `pages_of`, or to the end if there is none."""
    seen: dict[str, set[int | None]] = defaultdict(set)
    walk = Walk(condition.name, language)
    for preview, _ in rehearse(survey, condition, language):
        walk, step = preview.walk, preview.step
        seen[step.name].add(preview.page)
        if page == _code(step, len(seen[step.name])):
            break
    return walk


def pages_of(survey: Survey) -> list[tuple[str, str]]:
    """Return code and label of each page; without those between questions, which follow these."""
    found = []
    for step in flow.STEPS:
        # Assignment has no page of its own.
        n = len(step.stages(survey)) if step.name != Assignment.name else 0
        labels = [f"{step.title} {number}" if n > 1 else step.title for number in range(1, n + 1)]
        found += [(_code(step, number), label) for number, label in enumerate(labels, start=1)]
    return [*found, (_code(flow.THANKS, 1), flow.THANKS.title)]


def _code(step: Step, number: int) -> str:
    return f"{step.name}-{number}"


def _request(address: str) -> HttpRequest:
    request = HttpRequest()
    request.method, request.path = "GET", address
    return request


def _fill_in(preview: Preview, html: str) -> QueryDict:
    """The first of everything, but right answers where wrong ones lead to another end."""
    form = read_page(html).forms[0]
    data = QueryDict(mutable=True)
    data.update({**form.values, **{name: rows[0] for name, rows in form.choices.items()}})
    data.update(dict.fromkeys(form.texts, "x"))
    for name, value in _needed(preview).items():
        data[name] = value
    return data


def _needed(preview: Preview) -> dict[str, str]:
    """Fields without which the page does not let anybody go on."""
    person, survey = preview.participant, preview.survey
    if preview.step.name != TrialPage.name:
        return preview.step.right_answers(survey.protocol)
    protocol, trial = survey.protocol, upcoming_trials(person, 1)[0].trial
    if trial.kind == Trial.Kind.ATTENTION:
        asked = first_asked(protocol, trial.options)
        return {ANSWER: protocol.task.first.behaviour.form_value(asked, trial.expected)}
    if not protocol.task.further:
        return {}
    random = Random(trial.position)  # noqa: S311 - invented answers, no secrets
    return fill_in_further(protocol, trial, survey.seed, person.number or 0, random)
