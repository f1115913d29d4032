"""Counts a survey's participants by how far they came, in one query whatever their number."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Q, QuerySet

from surveys.models import Participant, Survey
from surveys.participation.flow import STEPS
from surveys.participation.steps.step import Stage
from surveys.studies.lifecycle.stopping import in_sample

# Participants who have done nothing for longer are counted as gone.
ACTIVE_WITHIN = timedelta(minutes=30)
# Over how long the pace is measured, unless the survey is younger.
PACE_WITHIN = timedelta(days=7)


@dataclass(frozen=True)
class Headcount:
    """The counts of each condition, and of those who are in none yet."""

    groups: list[Mapping[str, Any]]
    # Every page by the name under which those who completed it are counted.
    stages: Mapping[str, Stage]

    def count(self, name: str, condition: str | None = None) -> int:
        """How many there are in all, or in one condition; the names are those of `_groups`."""
        return sum(
            int(group[name])
            for group in self.groups
            if condition is None or group["condition__name"] == condition
        )


def counted(survey: Survey) -> "QuerySet[Participant]":
    """Everybody whom the monitoring counts."""
    return Participant.objects.filter(survey=survey)


def is_active(now: datetime) -> Q:
    """Participants under way: not finished, not withdrawn, not turned away, and seen lately."""
    return Q(
        finished_at=None,
        withdrawn_at=None,
        stopped_at=None,
        turned_away="",
        last_active_at__gte=now - ACTIVE_WITHIN,
    )


def count_participants(survey: Survey, now: datetime) -> Headcount:
    stages = {f"stage_{number}": stage for number, stage in enumerate(_stages(survey))}
    who = {**_groups(survey, now), **{name: stage.who for name, stage in stages.items()}}
    counts = {name: Count("pk", filter=condition) for name, condition in who.items()}
    groups = counted(survey).values("condition__name").annotate(people=Count("pk"), **counts)
    return Headcount(list(groups.order_by()), stages)


def _stages(survey: Survey) -> Iterator[Stage]:
    """Every page. Of who withdrew only the number is kept, which nobody has without these pages."""
    passed = Q(number__isnull=False)
    for step in STEPS:
        passed = Q() if step.column == "number" else passed
        for stage in step.stages(survey):
            yield replace(stage, who=stage.who | passed)


def _groups(survey: Survey, now: datetime) -> dict[str, Q]:
    protocol, finished = survey.protocol, Q(finished_at__isnull=False)
    # Towards the protocol's sample or, where it has none, towards its places, which bots take, too.
    counting = in_sample(survey) if protocol.sample.size else finished
    return {
        "assigned": Q(number__isnull=False),
        "finished": finished,
        "finished_lately": Q(finished_at__gte=now - PACE_WITHIN),
        "counting": counting,
        "counting_lately": counting & Q(finished_at__gte=now - PACE_WITHIN),
        "active": is_active(now),
        "active_assigned": is_active(now) & Q(number__isnull=False),
        "withdrawn_assigned": Q(withdrawn_at__isnull=False, number__isnull=False),
        "screened_out": Q(turned_away=Participant.TurnedAway.SCREENED_OUT),
        "full": Q(turned_away=Participant.TurnedAway.FULL),
        "failed_a_check": Q(n_failed_checks__gt=0),
        "failed_checks": Q(n_failed_checks__gt=protocol.checks.allowed_failures),
        "simulated": Q(simulated=True),
    }
