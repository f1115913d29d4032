"""Sends hostile requests and asserts that none breaks the server or changes the data."""

import traceback
from collections import Counter
from collections.abc import Callable
from typing import Any

from django.test import Client
from hypothesis import HealthCheck, Phase, assume, given, seed, settings

from accounts.audit.chain import find_tampering
from surveys.checks.stored_data import find_problems
from surveys.models import Survey
from tests.fuzz.cast import Cast, digests
from tests.fuzz.hostile import Hostile, hostile


def attack(
    survey: Survey,
    n_requests: int,
    number: int,
    check_every: int = 500,
    make_browser: Callable[..., Client] = Client,
) -> Counter[str]:
    """Send `count` requests drawn from the seed `number`; how many got each kind of status.

    Raises AssertionError for the first request that is answered by 5xx or, looked at at intervals
    requests, for changed data.
    """
    cast, statuses = Cast(survey, make_browser), Counter[str]()
    before = digests()

    @seed(number)
    @settings(
        max_examples=n_requests,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(hostile(tuple(cast.browsers), survey.slug))
    def send(request: Hostile) -> None:
        assume(not cast.is_forbidden_fruit(request))
        response = cast.send(request)
        if response.streaming:
            b"".join(response)
        statuses[f"{response.status_code // 100}xx"] += 1
        statuses["requests"] += 1
        assert response.status_code < 500, f"{_why(response)} for {str(request)[:2000]}"
        if statuses["requests"] % check_every == 0:
            changed = _changed(before)
            assert not changed, f"Within {check_every} requests up to {request}: {changed}"

    send()
    assert _changed(before) == []
    survey.refresh_from_db()
    assert list(find_problems(survey)) == []
    assert find_tampering() == []
    return statuses


def _why(response: Any) -> str:
    """What broke, with the last lines of the traceback where the test client has it."""
    found = getattr(response, "exc_info", None)
    last = "".join(traceback.format_exception(*found)[-12:]) if found else ""
    return f"{response.status_code}: {last}"


def _changed(before: dict[str, str]) -> list[str]:
    after = digests()
    return [label for label in before if before[label] != after[label]]
