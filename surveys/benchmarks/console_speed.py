"""Asks for every page of the console in this process, counts queries and takes the time."""

import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from statistics import median
from time import perf_counter
from typing import Any

from django.conf import settings
from django.contrib.auth.models import User
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from surveys.benchmarks.console_examples import console_examples
from surveys.benchmarks.console_pages import find_pages
from surveys.models import Response, Survey, Unblinding

MOST_QUERIES, MOST_MS = 9, 150.0
# Beginning and ending a transaction asks the database for nothing.
CONTROL = ("SAVEPOINT", "RELEASE", "ROLLBACK", "BEGIN", "COMMIT")


@dataclass(frozen=True)
class Measured:
    """One page: the answer's status, its queries and its server time.

    The fastest request is nearest to what a machine with nothing else to do would take.
    """

    status: int
    queries: int
    median_ms: float
    fastest_ms: float
    slowest_ms: float

    @property
    def is_within(self) -> bool:
        is_fast = self.queries <= MOST_QUERIES and self.median_ms < MOST_MS
        return is_fast and self.status < 400


def benchmark_console(survey: Survey, n_requests: int) -> dict[str, Any]:
    """Every page while the study is blind, and again as it is once closed and unblinded."""
    person, _ = User.objects.get_or_create(
        username="benchmark", defaults={"is_superuser": True, "is_active": True}
    )
    with transaction.atomic():
        blind = measure_pages(survey, person, n_requests)
        _unblind(survey, person)
        unblinded = measure_pages(survey, person, n_requests)
        # What was measured leaves no trace, the sign-in included.
        transaction.set_rollback(True)
    tables = {"blind": blind, "unblinded": unblinded}
    over = [
        f"{name} ({state})"
        for state, table in tables.items()
        for name, page in table.items()
        if not page.is_within
    ]
    return {
        "database": connection.vendor,
        "participants": survey.participants.count(),
        "responses": Response.objects.filter(trial__participant__survey=survey).count(),
        "requests": n_requests,
        # Programs that wanted a processor during the last minute, and how many there are.
        "load": round(os.getloadavg()[0], 1),
        "processors": os.cpu_count(),
        "limits": {"queries": MOST_QUERIES, "median_ms": MOST_MS},
        "over": over,
        **{
            state: {name: asdict(page) for name, page in table.items()}
            for state, table in tables.items()
        },
    }


def _unblind(survey: Survey, person: User) -> None:
    now = timezone.now()
    Survey.objects.filter(pk=survey.pk).update(
        status=Survey.Status.CLOSED, closed_at=now, unblinded_at=now
    )
    Unblinding.objects.create(survey=survey, by=person, by_name="benchmark", at=now)


def measure_pages(survey: Survey, person: User, n_requests: int) -> dict[str, Measured]:
    """Page -> what was measured, for all that answer a GET request."""
    client = Client(headers={"host": settings.ALLOWED_HOSTS[0]})
    client.force_login(person)
    examples = console_examples(survey, person)
    found = {
        page.name: _measure(client, page.address(examples), n_requests) for page in find_pages()
    }
    return {name: page for name, page in found.items() if page is not None}


def _measure(client: Client, address: str, n_requests: int) -> Measured | None:
    """None for an address that takes forms only, or a file that this study does not have."""
    extra: Mapping[str, Any] = {"secure": settings.HTTPS}
    with CaptureQueriesContext(connection) as queries:
        # Also warms up templates and connection.
        response = client.get(address, **extra)
    if response.status_code in (404, 405):
        return None
    asked = [query["sql"] for query in queries if not query["sql"].startswith(CONTROL)]
    times = []
    for _ in range(n_requests):
        start = perf_counter()
        client.get(address, **extra)
        times.append(1000 * (perf_counter() - start))
    return Measured(
        status=response.status_code,
        queries=len(asked),
        median_ms=round(median(times), 1),
        fastest_ms=round(min(times), 1),
        slowest_ms=round(max(times), 1),
    )
