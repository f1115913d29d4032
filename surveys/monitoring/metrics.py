"""Numbers of the studies for /metrics; about no single person."""

from collections.abc import Iterator
from typing import Any

from django.db.models import Count, Q, Sum
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric

from surveys.models import Participant, Survey

# Everybody is in exactly one of these states.
STATES = {
    "withdrawn": Q(withdrawn_at__isnull=False),
    "turned_away": Q(withdrawn_at=None) & ~Q(turned_away=""),
    "finished": Q(withdrawn_at=None, turned_away="", finished_at__isnull=False),
    "stopped": Q(withdrawn_at=None, finished_at=None, stopped_at__isnull=False),
    "taking_part": Q(withdrawn_at=None, stopped_at=None, turned_away="", finished_at=None),
}


def collect() -> Iterator[Metric]:
    people = GaugeMetricFamily(
        "foresee_participants",
        "Participants of a study by where they stand.",
        labels=["study", "simulated", "state"],
    )
    answers = GaugeMetricFamily(
        "foresee_responses", "Stored answers to trials.", labels=["study", "simulated"]
    )
    for row in _participants():
        labels = [row["survey__slug"], str(row["simulated"]).lower()]
        for state in STATES:
            people.add_metric([*labels, state], row[f"n_{state}"])
        answers.add_metric(labels, row["answers"] or 0)
    arrivals = CounterMetricFamily(
        "foresee_arrivals",
        "Browsers that ran the script of a study's first page or sent its form.",
        labels=["study"],
    )
    for slug, count in Survey.objects.values_list("slug", "arrivals"):
        arrivals.add_metric([slug], count)
    yield from (people, answers, arrivals)


def _participants() -> Any:
    groups = Participant.objects.order_by().values("survey__slug", "simulated")
    counts = {f"n_{state}": Count("pk", filter=condition) for state, condition in STATES.items()}
    return groups.annotate(answers=Sum("n_answered"), **counts)
