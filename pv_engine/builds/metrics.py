"""Metrics of builds for /metrics."""

from collections.abc import Iterator

from django.db.models import Count, Min
from django.utils import timezone
from prometheus_client.core import GaugeMetricFamily, Metric

from pv_engine.models import Build


def collect() -> Iterator[Metric]:
    found = dict(Build.objects.order_by().values_list("status").annotate(n=Count("pk")))
    builds = GaugeMetricFamily("foresee_builds", "Builds by state.", labels=["state"])
    for state in Build.Status.values:
        builds.add_metric([state], found.get(state, 0))
    yield builds
    waiting = Build.objects.filter(status=Build.Status.QUEUED, claimed_at=None)
    since = waiting.aggregate(at=Min("created_at"))["at"]
    seconds = (timezone.now() - since).total_seconds() if since else 0.0
    yield GaugeMetricFamily(
        "foresee_queue_lag_seconds",
        "Waiting time of the oldest build that no worker has started.",
        value=max(0.0, seconds),
    )
