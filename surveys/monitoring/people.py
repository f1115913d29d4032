"""The table of a survey's participants: one page of it, sorted, searched and filtered.

Nothing of it is an answer, and conditions are letters while the study is blind.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property

from django.db.models import DurationField, ExpressionWrapper, F, Q, QuerySet

from surveys.export.rows.cells import participant_id
from surveys.models import Exclusion, Participant, Survey
from surveys.monitoring.headcount import ACTIVE_WITHIN, is_active
from surveys.participation.flow import outcome_of
from surveys.participation.leaving.outcomes import Outcome, completion_code
from surveys.studies.blinding import condition_labels
from surveys.studies.protocols.versions import know_protocol, protocols_by_version

LEFT, ACTIVE = "left", "active"
# What a person can be said to be, the first that is true.
STATUSES = {
    "withdrawn": "withdrew",
    "screened_out": "failed the comprehension check",
    "full": "found no place left",
    "finished": "finished",
    "stopped": "stopped early",
    ACTIVE: "active",
    LEFT: "dropped out",
}
# What the table can be sorted by: the name in the address -> the column.
SORTED_BY = {
    "number": "number",
    "progress": "n_answered",
    "arrived": "arrived_at",
    "seen": "last_active_at",
    "duration": "took",
    "failed": "n_failed_checks",
}


# What `describe` reads of a participant's other rows.
DESCRIBED_BY = ("condition", "exclusion")


@dataclass(frozen=True)
class Person:
    """A participant as the table and their own page show them."""

    participant: Participant
    # A letter while the study is blind; empty before the assignment.
    condition: str
    status: str
    outcome: Outcome
    # The completion code that they were given, if any.
    code: str
    exclusion: Exclusion | None = None

    @cached_property
    def name(self) -> str:
        """Their name in exports."""
        return participant_id(self.participant.token)

    @property
    def status_label(self) -> str:
        return STATUSES[self.status]

    @property
    def duration(self) -> timedelta | None:
        """From consent to the last answer."""
        end = self.participant.finished_at
        return end - self.participant.consented_at if end else None

    @property
    def flags(self) -> list[str]:
        flags = {"bot": self.participant.simulated, "excluded": self.exclusion is not None}
        return [name for name, is_set in flags.items() if is_set]


@dataclass(frozen=True)
class Wanted:
    """Which participants to show; empty values ask for all."""

    status: str = ""
    # What the console calls the condition.
    condition: str = ""
    # A number, or the beginning of a name in exports.
    search: str = ""
    flag: str = ""


def find_people(survey: Survey, wanted: Wanted, now: datetime) -> QuerySet[Participant]:
    """The participants who match, with what `describe` needs."""
    took = ExpressionWrapper(F("finished_at") - F("consented_at"), output_field=DurationField())
    people = Participant.objects.filter(survey=survey).annotate(took=took)
    people = people.select_related(*DESCRIBED_BY)
    if wanted.status in STATUSES:
        people = people.filter(_with_status(wanted.status, now))
    if wanted.condition:
        names = {label: name for name, label in condition_labels(survey).items()}
        people = people.filter(condition__name=names.get(wanted.condition, ""))
    if wanted.flag:
        flags = {"bot": Q(simulated=True), "excluded": Q(exclusion__isnull=False)}
        people = people.filter(flags.get(wanted.flag, Q(pk=None)))
    return people.filter(_named(people, wanted.search)) if wanted.search else people


def describe(survey: Survey, people: list[Participant], now: datetime) -> list[Person]:
    """What the console says of these participants, read with what DESCRIBED_BY names.

    One query whatever their number.
    """
    labels, protocols = condition_labels(survey), protocols_by_version(survey)
    rows = []
    for person in people:
        protocol = know_protocol(person, survey, protocols)
        outcome = outcome_of(person, protocol)
        rows.append(
            Person(
                person,
                labels[person.condition.name] if person.condition else "",
                status_of(person, now),
                outcome,
                completion_code(protocol, outcome),
                getattr(person, "exclusion", None),
            )
        )
    return rows


def status_of(person: Participant, now: datetime) -> str:
    """The first of STATUSES that is true of the participant."""
    facts: Mapping[str, bool] = {
        "withdrawn": person.withdrawn_at is not None,
        person.turned_away or "-": bool(person.turned_away),
        "finished": person.finished_at is not None,
        "stopped": person.stopped_at is not None,
        ACTIVE: person.last_active_at >= now - ACTIVE_WITHIN,
        LEFT: True,
    }
    return next(name for name, is_true in facts.items() if is_true)


def _with_status(status: str, now: datetime) -> Q:
    """The same in the database."""
    through = Q(finished_at__isnull=False, withdrawn_at=None, turned_away="")
    conditions = {
        "withdrawn": Q(withdrawn_at__isnull=False),
        "screened_out": Q(turned_away="screened_out", withdrawn_at=None),
        "full": Q(turned_away="full", withdrawn_at=None),
        "finished": through,
        "stopped": Q(stopped_at__isnull=False, finished_at=None, withdrawn_at=None, turned_away=""),
        ACTIVE: is_active(now),
        LEFT: Q(finished_at=None, withdrawn_at=None, stopped_at=None, turned_away="")
        & ~is_active(now),
    }
    return conditions[status]


def _named(people: QuerySet[Participant], search: str) -> Q:
    """By number, or by the name in exports, which is a hash and so found by trying all."""
    if search.isdecimal() and len(search) < 10:
        return Q(number=int(search))
    return Q(pk__in=list(_matching(people, search.lower())))


def _matching(people: QuerySet[Participant], begin: str) -> Iterator[int]:
    begin = begin if begin.startswith("p-") else f"p-{begin}"
    for key, token in people.values_list("pk", "token"):
        if participant_id(token).startswith(begin):
            yield key
