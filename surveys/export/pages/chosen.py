"""Chooses the pages of a study that stand for all: those that differ, and a question of each kind.

They are the preview's, as the first participant of each group would be shown them.
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, replace

from surveys.bots.policies import MODEL_WRONG
from surveys.bots.rehearsal import rehearse
from surveys.export.pages.standalone import standalone
from surveys.models import Condition, Survey, Trial
from surveys.participation import flow
from surveys.participation.given.answers import FIRST, step_of
from surveys.participation.steps.assignment import Assignment
from surveys.participation.steps.practice import Practice
from surveys.participation.steps.trial import TrialPage
from surveys.preview.walk import Preview, Walk

# The question page from the image alone, in two-step trials.
FIRST_STEP = "trial_first"
ORDER = [step.name for step in (*flow.STEPS, flow.THANKS)]
ORDER.insert(ORDER.index(TrialPage.name), FIRST_STEP)
# Without a page of its own.
LEFT_OUT = (Assignment.name,)


@dataclass(frozen=True)
class StudyPage:
    """A page as a participant is shown it."""

    # The step's, and what it is called; `trial` is a question of the study.
    name: str
    title: str
    # From 1, where there are several.
    number: int | None
    language: str
    # The conditions or groups whose page it is; empty where all have the same.
    conditions: tuple[str, ...]
    # Of a question: the item's name.
    item: str
    html: str

    @property
    def stem(self) -> str:
        """The name of its files: language, page, number, condition."""
        parts = (self.language, self.name, self.number, *self.conditions[:1])
        return "_".join(str(part).replace(">", "-") for part in parts if part)


@dataclass(frozen=True)
class _Place:
    """Where a walk meets a question."""

    group: str
    position: int
    item: str
    stratum: str


def find_pages(survey: Survey, language: str, with_images: bool) -> list[StudyPage]:
    """Return the pages of one language in the order of the study."""
    found: dict[tuple[str, ...], StudyPage] = {}
    groups: dict[tuple[str, ...], list[str]] = defaultdict(list)
    met: dict[tuple[str, int | None], set[str]] = defaultdict(set)
    chosen = _choose_questions(survey, language)
    for group in survey.conditions.all():
        # What follows the questions is the same for all groups, unless pages come between them.
        is_whole = not found or bool(survey.protocol.parts)
        for page in _walk(survey, group, language, with_images, chosen, is_whole):
            # Questions stay apart where they look the same, as they do without their images.
            key = (page.html, *(page.conditions if page.item else ()))
            found.setdefault(key, page)
            groups[key].append(group.name)
            met[page.name, page.number].add(group.name)
    pages = [
        page if page.item else replace(page, conditions=_differing(groups[key], met, page))
        for key, page in found.items()
    ]
    return sorted(pages, key=lambda page: (ORDER.index(page.name), page.number or 0))


def find_questions(survey: Survey, language: str) -> list[StudyPage]:
    """Return one question of each condition, with its pictures."""
    chosen = _choose_questions(survey, language)
    return [
        page
        for group in survey.conditions.filter(name__in={place.group for place in chosen.values()})
        for page in _walk(survey, group, language, True, chosen, is_whole=False)
        if page.name == TrialPage.name
    ]


def _differing(
    own: list[str], met: dict[tuple[str, int | None], set[str]], page: StudyPage
) -> tuple[str, ...]:
    """The groups that have this page where others have another one."""
    return () if set(own) == met[page.name, page.number] else tuple(dict.fromkeys(own))


def _walk(
    survey: Survey,
    group: Condition,
    language: str,
    with_images: bool,
    chosen: dict[str, _Place],
    is_whole: bool,
) -> Iterator[StudyPage]:
    """The group's pages, up to the last chosen question or to the end."""
    wanted = {
        place.position: (condition, place.item)
        for condition, place in chosen.items()
        if place.group == group.name
    }
    for preview, html in rehearse(survey, group, language):
        if not is_whole and preview.participant.n_answered >= max(wanted, default=0):
            # Not before: a question may come twice, from the image alone and with the explanation.
            return
        step, number = preview.step, preview.page
        condition, item = group.name, ""
        if step.name in LEFT_OUT or (step.name == Practice.name and number != 1):
            continue
        name = step.name
        if name == TrialPage.name:
            if number not in wanted:
                continue
            condition, item = wanted[number]
            name, number = FIRST_STEP if _is_first_step(preview) else name, None
        text = standalone(html, with_images)
        yield StudyPage(name, step.title, number, language, (condition,), item, text)


def _is_first_step(preview: Preview) -> bool:
    trials = preview.participant.rehearsed_trials or []
    return step_of(preview.participant, trials[preview.participant.n_answered]) == FIRST


def _choose_questions(survey: Survey, language: str) -> dict[str, _Place]:
    """Condition -> its question: of an item that all have, rather a mistake, and soon."""
    places: dict[str, dict[str, _Place]] = defaultdict(dict)
    for group in survey.conditions.all():
        participant = Preview(survey, Walk(group.name, language), group).participant
        for trial in participant.rehearsed_trials or []:
            if trial.kind == Trial.Kind.MAIN:
                item = trial.item
                place = _Place(group.name, trial.position, item.name, item.stratum)
                places[trial.shown_to(participant)].setdefault(item.name, place)
    common = set.intersection(*map(set, places.values())) if places else set()

    def rank(place: _Place) -> tuple[bool, int, str]:
        latest = max(own[place.item].position for own in places.values() if place.item in own)
        return place.stratum != MODEL_WRONG, latest, place.item

    return {
        condition: min(
            (place for item, place in own.items() if item in common or not common), key=rank
        )
        for condition, own in places.items()
    }
