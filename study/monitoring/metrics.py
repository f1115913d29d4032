"""The page /metrics in Prometheus's text format, without anything about a person.

Every process counts its requests in files in PROMETHEUS_MULTIPROC_DIR, which study/web_server.py
sets. Numbers from the database are read on request, by the functions that METRIC_COLLECTORS names,
so this module imports no app.
"""

import hmac
import os
from collections.abc import Callable, Iterable, Iterator
from ipaddress import ip_address

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.module_loading import import_string
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Histogram, generate_latest
from prometheus_client.core import Metric
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

Collect = Callable[[], Iterable[Metric]]
METHODS = frozenset({"GET", "HEAD", "POST"})
BUCKETS = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10)

REQUESTS = CollectorRegistry()
SECONDS = Histogram(
    "foresee_request_seconds",
    "Time from the request's arrival in Django to its response.",
    ["method", "route", "status"],
    buckets=BUCKETS,
    registry=REQUESTS,
)


class StoredCollector(Collector):
    """Collects the apps' numbers from the database."""

    def collect(self) -> Iterator[Metric]:
        for name in settings.METRIC_COLLECTORS:
            collect: Collect = import_string(name)
            yield from collect()


def observe_request(method: str, route: str, status: int, seconds: float) -> None:
    known = method if method in METHODS else "other"
    SECONDS.labels(known, route, f"{status // 100}xx").observe(seconds)


@require_safe
@never_cache
def metrics(request: HttpRequest) -> HttpResponse:
    if not _may_read(request):
        raise Http404
    stored = CollectorRegistry()
    stored.register(StoredCollector())
    content = generate_latest(_requests()) + generate_latest(stored)
    return HttpResponse(content, content_type=CONTENT_TYPE_LATEST)


def _requests() -> CollectorRegistry:
    """Return the requests of all processes of this server, or of this one if it is alone."""
    if "PROMETHEUS_MULTIPROC_DIR" not in os.environ:
        return REQUESTS
    registry = CollectorRegistry()
    MultiProcessCollector(registry)  # type: ignore[no-untyped-call] # it has no types
    return registry


def _may_read(request: HttpRequest) -> bool:
    """Allow holders of METRICS_TOKEN; without a token, only this machine, not behind a proxy."""
    if settings.METRICS_TOKEN:
        given = request.headers.get("Authorization", "")
        wanted = f"Bearer {settings.METRICS_TOKEN}"
        return hmac.compare_digest(given.encode(), wanted.encode())
    if "X-Forwarded-For" in request.headers or "Forwarded" in request.headers:
        return False
    try:
        return ip_address(request.META.get("REMOTE_ADDR", "")).is_loopback
    except ValueError:
        return False
