"""Plays a load against a server and puts the figures together."""

from contextlib import nullcontext
from typing import Any

from surveys.benchmarks.survey_load.crowd import Played, play
from surveys.benchmarks.survey_load.options import LoadOptions
from surveys.benchmarks.survey_load.server import Server, running_server
from surveys.benchmarks.survey_load.verification import (
    count_in_conditions,
    count_stored,
    find_losses,
)
from surveys.models import Survey

# Losses that are listed one by one.
LISTED = 20


def run_load(survey: Survey, given: dict[str, Any]) -> dict[str, Any]:
    """The figures of one load; `given` are the options of `bench_survey`."""
    url = given["url"]
    with nullcontext() if url else running_server() as server:
        options = _options(survey, server.site if server else url, given)
        before = server.cpu_seconds() if server else 0.0
        played = play(options)
        figures = _figures(played)
        if server:
            figures |= _cost(server, before, played)
    # The server has counted them meanwhile.
    survey.refresh_from_db()
    losses = list(find_losses(survey, played.people))
    return {
        "asked": {name: given[name] for name in ("simultaneous", "think", "arrivals")},
        **figures,
        "stored": count_stored(survey),
        "conditions": count_in_conditions(survey),
        "losses": len(losses),
        "losses_listed": losses[:LISTED],
    }


def _options(survey: Survey, site: str, given: dict[str, Any]) -> LoadOptions:
    return LoadOptions(
        site=site.rstrip("/"),
        slug=survey.slug,
        participants=given["participants"],
        simultaneous=given["simultaneous"],
        seed=given["seed"],
        think_seconds=given["think"],
        arrivals_per_second=given["arrivals"],
        double_submits=given["double_submits"],
        reloads=given["reloads"],
        images=not given["no_images"],
        only_arrive=given["only_arrive"],
    )


def _figures(played: Played) -> dict[str, Any]:
    finished = sum(person.has_finished for person in played.people)
    return {
        "participants": len(played.people),
        "finished": finished,
        "seconds": round(played.seconds, 1),
        "participants_per_minute": round(60 * finished / played.seconds, 1),
        "requests_per_second": round(played.timings.requests / played.seconds, 1),
        "requests": played.timings.summary(),
        "errors": dict(played.timings.errors),
    }


def _cost(server: Server, before: float, played: Played) -> dict[str, Any]:
    spent = server.cpu_seconds() - before
    return {
        "server_cpu_ms_per_request": round(1000 * spent / max(1, played.timings.requests), 2),
        "server_memory_mib": round(server.memory_mib(), 1),
    }
