"""Everything that the live page of a survey shows, from four queries. Nothing of it is an answer.

What could show how a condition does is left out while the study is blind: of single conditions,
only counts of people are shown.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from surveys.models import PageError, Survey
from surveys.monitoring.charts import PaceChart, Part, bar, pace_chart
from surveys.monitoring.funnel import FunnelRow, find_funnel
from surveys.monitoring.headcount import Headcount, count_participants
from surveys.monitoring.pace import Pace, find_pace, median_duration
from surveys.studies.blinding import condition_labels

SHOWN_ERRORS = 10


@dataclass(frozen=True)
class Arm:
    """One condition's people, or everybody's."""

    label: str
    assigned: int
    active: int
    finished: int
    # Neither through nor seen lately, and those who took everything back.
    dropped: int
    withdrawn: int
    bar: list[Part]


@dataclass(frozen=True)
class CheckRow:
    """One kind of check and how many did not pass it."""

    label: str
    count: int
    # Of how many.
    of: int


@dataclass(frozen=True)
class Monitor:
    """A survey at one moment."""

    at: datetime
    survey: Survey
    heads: Headcount
    conditions: list[Arm]
    total: Arm
    funnel: list[FunnelRow]
    pace: Pace
    chart: PaceChart | None
    median: timedelta | None
    checks: list[CheckRow]
    errors: list[PageError]

    @property
    def summary(self) -> str:
        """The sentence that is read out when something has changed."""
        is_way = self.pace.target and self.pace.counting == self.pace.finished
        target = f" of {self.pace.target:,}" if is_way else ""
        return (
            f"{self.total.finished:,}{target} finished, {self.n_active:,} active, "
            f"{self.n_dropped:,} dropped out."
        )

    @property
    def n_consented(self) -> int:
        return self.heads.count("people")

    @property
    def n_active(self) -> int:
        """Everybody who is at it, also before they are assigned."""
        return self.heads.count("active")

    @property
    def n_turned_away(self) -> int:
        return self.heads.count("screened_out") + self.heads.count("full")

    @property
    def n_dropped(self) -> int:
        gone = self.heads.count("finished") + self.n_active + self.n_turned_away
        return self.n_consented - gone

    @property
    def n_simulated(self) -> int:
        return self.heads.count("simulated")


def find_monitor(survey: Survey, now: datetime) -> Monitor:
    heads = count_participants(survey, now)
    pace = find_pace(survey, heads, now)
    labels = condition_labels(survey)
    longest = max((heads.count("assigned", name) for name in labels), default=0)
    return Monitor(
        at=now,
        survey=survey,
        heads=heads,
        conditions=[_arm(heads, label, name, longest) for name, label in labels.items()],
        total=_arm(heads, "All", None, heads.count("assigned")),
        funnel=find_funnel(survey, heads),
        pace=pace,
        chart=pace_chart(pace),
        median=median_duration(survey, heads.count("finished")),
        checks=_checks(survey, heads),
        errors=list(survey.page_errors.all()[:SHOWN_ERRORS]),
    )


def _arm(heads: Headcount, label: str, name: str | None, longest: int) -> Arm:
    assigned, finished = heads.count("assigned", name), heads.count("finished", name)
    # Of the total, those who wait for their assignment are active, too, but in no condition.
    active = heads.count("active_assigned", name)
    dropped = assigned - finished - active
    parts = [("done", finished), ("main", active), ("rest", dropped)]
    return Arm(
        label=label,
        assigned=assigned,
        active=active,
        finished=finished,
        dropped=dropped,
        withdrawn=heads.count("withdrawn_assigned", name),
        bar=bar(parts, longest),
    )


def _checks(survey: Survey, heads: Headcount) -> list[CheckRow]:
    protocol, people = survey.protocol, heads.count("people")
    rows = [CheckRow("Declined to take part", survey.declined, survey.arrivals)]
    if protocol.comprehension.questions:
        screened = heads.count("screened_out")
        rows.append(CheckRow("Failed the comprehension check", screened, people))
    if protocol.assignment.places:
        rows.append(CheckRow("Arrived when all places were taken", heads.count("full"), people))
    if protocol.checks.attention_after:
        assigned, allowed = heads.count("assigned"), protocol.checks.allowed_failures
        rows.append(CheckRow("Failed an attention check", heads.count("failed_a_check"), assigned))
        if allowed:
            label = f"Failed more than the {allowed} allowed"
            rows.append(CheckRow(label, heads.count("failed_checks"), assigned))
    return rows
