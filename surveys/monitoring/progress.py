"""How far surveys have got, by condition; while a study is blind, conditions are letters."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q
from django.utils import timezone

from surveys.models import Participant, Survey
from surveys.monitoring.headcount import is_active
from surveys.studies.blinding import condition_labels


@dataclass(frozen=True)
class ConditionProgress:
    """Counts of one condition, or of all of them together."""

    # A letter while the study is blind.
    label: str
    assigned: int = 0
    active: int = 0
    finished: int = 0
    simulated: int = 0

    @property
    def left(self) -> int:
        """Those who have neither finished nor done anything lately."""
        return self.assigned - self.active - self.finished

    def plus(self, other: "ConditionProgress") -> "ConditionProgress":
        return ConditionProgress(
            label=self.label,
            assigned=self.assigned + other.assigned,
            active=self.active + other.active,
            finished=self.finished + other.finished,
            simulated=self.simulated + other.simulated,
        )


@dataclass(frozen=True)
class SurveyProgress:
    """A survey with the counts of its conditions, in the order of their letters."""

    survey: Survey
    conditions: list[ConditionProgress]

    @property
    def total(self) -> ConditionProgress:
        total = ConditionProgress("")
        for row in self.conditions:
            total = total.plus(row)
        return total


def find_progress(surveys: list[Survey]) -> list[SurveyProgress]:
    """The progress of each survey, in one query for all of them."""
    counts = (
        Participant.objects.filter(survey__in=surveys)
        .values("survey_id", "condition__name")
        .annotate(
            n_assigned=Count("pk"),
            n_active=Count("pk", filter=is_active(timezone.now())),
            n_finished=Count("pk", filter=Q(finished_at__isnull=False)),
            n_simulated=Count("pk", filter=Q(simulated=True)),
        )
        .order_by()
    )
    by_arm = {(row["survey_id"], row["condition__name"]): row for row in counts}
    return [SurveyProgress(survey, _by_letter(survey, by_arm)) for survey in surveys]


def _by_letter(
    survey: Survey, by_arm: Mapping[tuple[int, str], Mapping[str, Any]]
) -> list[ConditionProgress]:
    rows = [
        (label, by_arm.get((survey.pk, name), {}))
        for name, label in condition_labels(survey).items()
    ]
    return [
        ConditionProgress(
            label=label,
            assigned=row.get("n_assigned", 0),
            active=row.get("n_active", 0),
            finished=row.get("n_finished", 0),
            simulated=row.get("n_simulated", 0),
        )
        for label, row in rows
    ]
