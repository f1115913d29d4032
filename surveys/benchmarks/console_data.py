"""Fills a database with a large, simulated study: people who come, answer, tire and leave.

Everybody is marked as simulated, so that nobody can take the study for a real one. What each is
shown is drawn as it is for real participants.
"""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.utils import timezone

from pv_engine.models import Build, Item
from surveys.errors import BenchmarkError
from surveys.models import (
    Assignment,
    Condition,
    Event,
    PageError,
    Participant,
    Response,
    Survey,
    Trial,
)
from surveys.randomisation.assignment_rules import round_robin
from surveys.randomisation.trials import Deck, DrawnTrial, draw_trials
from surveys.studies.lifecycle.publishing import open_survey
from surveys.studies.protocols.loading import load_study

SLUG = "benchmark"
PROTOCOL = settings.BASE_DIR / "fixtures" / "demo_protocol.toml"
DAYS = 20
BATCH = 250
# For each hundred participants who finish, the number of others who drop out at these places.
LEAVE = {"consent": 2, "introduction": 4, "trials": 9, "withdrawn": 1}


@dataclass(frozen=True)
class Fate:
    """How far one participant comes, and when they began."""

    end: str
    arrived_at: datetime
    n_answered: int
    # Seconds for one answer.
    seconds: float
    luck: random.Random


def seed_console(n_finished: int, seed: int) -> Survey:
    """Make the study "benchmark" with n participants who finished, and others who did not.

    Raises BenchmarkError in a database that has real participants or the study already.
    """
    if Participant.objects.filter(simulated=False).exists():
        raise BenchmarkError(
            "This database has real participants; seed a database made for the benchmark."
        )
    if Survey.objects.filter(slug=SLUG).exists():
        raise BenchmarkError(f"This database has the study {SLUG!r} already; measure that one.")
    survey, _ = load_study(PROTOCOL, SLUG)
    open_survey(survey)
    now = timezone.now()
    _fill(survey, n_finished, random.Random(seed), now)  # noqa: S311 - a simulation
    PageError.objects.create(
        survey=survey, page="trial", kind="OperationalError",
        place="surveys/participation/given/answers.py:1 record",
        count=3, first_at=now - timedelta(days=2), last_at=now,
    )  # fmt: skip
    Build.objects.create(
        recipe_name="benchmark", recipe_toml='name = "benchmark"', recipe_folder="",
        status=Build.Status.FINISHED, permille=1000, finished_at=now,
        stimulus_set=survey.stimulus_set,
    )  # fmt: skip
    survey.refresh_from_db()
    return survey


def _fill(survey: Survey, n_finished: int, luck: random.Random, now: datetime) -> None:
    items = list(Item.objects.filter(stimulus_set=survey.stimulus_set_id))
    deck = Deck.of(items)
    by_name = {item.name: item for item in items}
    fates = _fates(n_finished, len(deck.items), luck, now)
    numbered = 0
    conditions = list(survey.conditions.order_by("position"))
    places = dict.fromkeys(conditions, 0)
    for start in range(0, len(fates), BATCH):
        group = fates[start : start + BATCH]
        people = []
        for fate in group:
            if fate.end != "consent":
                numbered += 1
                arm = conditions[round_robin(survey.protocol.ratios, numbered)]
                places[arm] += 1
                people.append(_person(survey, fate, len(deck.items), numbered, arm, places[arm]))
            else:
                people.append(_person(survey, fate, len(deck.items)))
        _store(survey, people, group, deck, by_name)
    Survey.objects.filter(pk=survey.pk).update(
        opened_at=now - timedelta(days=DAYS),
        arrivals=round(len(fates) * 1.2),
        declined=round(len(fates) * 0.05),
        assigned=numbered,
    )


def _fates(n_finished: int, n_trials: int, luck: random.Random, now: datetime) -> list[Fate]:
    """Everybody's fate in the order of their arrival."""
    ends = ["finished"] * n_finished
    for end, of_hundred in LEAVE.items():
        ends += [end] * (n_finished * of_hundred // 100)
    # Some are at it this very moment.
    ends += ["active"] * max(n_finished // 250, 1)
    fates = [_fate(end, n_trials, luck, now) for end in ends]
    return sorted(fates, key=lambda fate: fate.arrived_at)


def _fate(end: str, n_trials: int, luck: random.Random, now: datetime) -> Fate:
    before = luck.triangular(0.05, DAYS, DAYS / 3) * 86_400
    n_answered = n_trials if end == "finished" else 0
    if end in ("trials", "active"):
        n_answered = min(int(luck.expovariate(1 / 8)), n_trials - 1)
    seconds = luck.lognormvariate(2.3, 0.35)
    if end == "active":
        before = 60 + seconds * n_answered
    own = random.Random(luck.random())  # noqa: S311 - a simulation, no secret
    return Fate(end, now - timedelta(seconds=before), n_answered, seconds, own)


def _person(
    survey: Survey,
    fate: Fate,
    n_trials: int,
    number: int | None = None,
    arm: Condition | None = None,
    place: int | None = None,
) -> Participant:
    consented = fate.arrived_at + timedelta(seconds=25)
    reached = fate.end in ("finished", "trials", "active")
    began = consented + timedelta(seconds=30)
    last = began + timedelta(seconds=fate.seconds * fate.n_answered) if reached else consented
    return Participant(
        survey=survey,
        token=f"benchmark-{fate.luck.getrandbits(128):032x}",
        number=number,
        condition=arm,
        place=place,
        simulated=True,
        n_trials=n_trials if reached else 0,
        n_answered=fate.n_answered,
        arrived_at=fate.arrived_at,
        consented_at=consented,
        assigned_at=consented if number else None,
        introduced_at=began if reached else None,
        last_active_at=last,
        finished_at=last if fate.end == "finished" else None,
        withdrawn_at=last if fate.end == "withdrawn" else None,
    )


def _store(
    survey: Survey,
    people: Sequence[Participant],
    fates: Sequence[Fate],
    deck: Deck,
    by_name: dict[str, Item],
) -> None:
    Participant.objects.bulk_create(people)
    Assignment.objects.bulk_create(
        Assignment(
            survey=survey, number=person.number, condition=person.condition,
            place=person.place, at=person.assigned_at,
        )
        for person in people
        if person.number and person.place and person.assigned_at
    )  # fmt: skip
    Event.objects.bulk_create(event for person in people for event in _events(person))
    trials, answers = [], []
    for person, fate in zip(people, fates, strict=True):
        if person.n_trials:
            drawn = draw_trials(
                deck,
                survey.protocol,
                survey.seed,
                person.number or 0,
                person.place or 0,
                person.group,
            )
            own = [_trial(person, trial, by_name, fate) for trial in drawn]
            trials += own
            answers += [(trial, fate) for trial in own[: fate.n_answered]]
    Trial.objects.bulk_create(trials, batch_size=4000)
    Response.objects.bulk_create((_response(*pair) for pair in answers), batch_size=4000)


def _events(person: Participant) -> Iterator[Event]:
    if person.withdrawn_at:
        return
    for kind, at, detail in (
        (Event.Kind.ARRIVAL, person.arrived_at, ""),
        (Event.Kind.CONSENT, person.consented_at, ""),
        (Event.Kind.ASSIGNMENT, person.assigned_at, f"number {person.number}, {person.condition}"),
        (Event.Kind.PAGE, person.introduced_at, "introduction"),
        (Event.Kind.FINISH, person.finished_at, ""),
    ):
        if at is not None:
            yield Event(participant=person, kind=kind, at=at, detail=detail)


def _trial(person: Participant, drawn: DrawnTrial, by_name: dict[str, Item], fate: Fate) -> Trial:
    was_shown = drawn.position <= fate.n_answered + 1
    return Trial(
        participant=person,
        position=drawn.position,
        kind=drawn.kind,
        item=by_name[drawn.item],
        options=drawn.options,
        expected=drawn.expected,
        shown_at=_moment(person, fate, drawn.position - 1) if was_shown else None,
    )


def _response(trial: Trial, fate: Fate) -> Response:
    """Two in three pick the model's prediction, the others anything."""
    option = (
        trial.item.prediction if fate.luck.random() < 2 / 3 else fate.luck.choice(trial.options)
    )
    return Response(
        trial=trial,
        option=option,
        position=trial.options.index(option) + 1,
        answered_at=_moment(trial.participant, fate, trial.position),
        response_time_ms=round(900 * fate.seconds),
        hidden_time_ms=0,
    )


def _moment(person: Participant, fate: Fate, n_answers: int) -> Any:
    began = person.introduced_at
    return began + timedelta(seconds=fate.seconds * n_answers) if began else None
