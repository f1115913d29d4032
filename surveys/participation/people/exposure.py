"""Draws a participant's items by how often each was shown, for the ledger.

An item counts as shown to everybody who takes a place now: who has finished and counts, or may
still finish. Those who left, timed out or were excluded make room for others with their items.
"""

from datetime import datetime
from itertools import chain
from typing import Any

from django.db.models import Aggregate, Exists, F, JSONField, OuterRef, QuerySet, Subquery

from surveys.models import Assignment, Condition, Participant
from surveys.protocol.schema import Protocol
from surveys.randomisation.least_shown import count_exposure, draw_least_shown
from surveys.studies.lifecycle.stopping import holds_place


class _AsList(Aggregate):
    """All values of a JSON column in one list."""

    function = "JSONB_AGG"
    output_field = JSONField()
    template = "%(function)s(%(expressions)s)"

    def as_sqlite(self, compiler: Any, connection: Any, **context: Any) -> Any:
        template = "JSON_GROUP_ARRAY(JSON(%(expressions)s))"
        return self.as_sql(compiler, connection, template=template, **context)


def with_draws(
    conditions: "QuerySet[Any]", survey_id: int, protocol: Protocol, now: datetime
) -> "QuerySet[Any]":
    """Return the conditions with the stimulus set and `draws`: those in the ledger that count."""
    people = Participant.objects.filter(
        holds_place(protocol, now), survey=survey_id, number=OuterRef("number")
    )
    lines = Assignment.objects.filter(Exists(people), survey=survey_id, condition=OuterRef("pk"))
    draws = lines.order_by().values("condition").annotate(draws=_AsList(F("drawn")))
    with_set = conditions.select_related("survey__stimulus_set")
    drawn: QuerySet[Any] = with_set.annotate(draws=Subquery(draws.values("draws")))
    return drawn


def draw_items(
    conditions: list[Any], condition: Condition, protocol: Protocol, number: int
) -> dict[str, Any]:
    """Return what the ledger keeps: the items of the participant with that number, and the counts.

    Items crossed with conditions are counted over all groups, others within the group.
    """
    survey = condition.survey
    strata = {
        row["name"]: row["stratum"]
        for row in survey.stimulus_set.manifest["items"]
        if row["name"] not in protocol.dropped
    }
    counted: list[Any] = conditions if protocol.items.is_crossed else [condition]
    draws = chain.from_iterable(each.draws or [] for each in counted)
    exposure = count_exposure(protocol, list(strata), draws)
    drawn = draw_least_shown(strata, protocol, condition.name, number, survey.seed, exposure)
    return {"drawn": drawn, "exposure": exposure}
