"""Before opening: is this server fit for real participants?"""

from collections.abc import Iterator
from datetime import timedelta

from django.utils import timezone
from django.utils.timesince import timesince

from study.configuration.commands import WORKER, target
from study.probes.probe import all_probes
from surveys.checks.point import Point, State, point
from surveys.models import PreflightRun

WORKER_WITHIN = timedelta(minutes=15)
# Until then, a worker that is busy with something else may still answer.
PATIENCE = timedelta(minutes=1)


def site_points(last_run: PreflightRun | None) -> Iterator[Point]:
    """What the probes find, then whether a worker answered."""
    for probe in all_probes():
        if probe.before_opening:
            finding = probe.look()
            yield point(probe.before_opening, finding.state == "ok", finding.found, finding.remedy)
    yield _worker(last_run)


def _worker(last_run: PreflightRun | None) -> Point:
    title, now = "A worker answers", timezone.now()
    advice = "Press “Run the checks”. A worker should finish them within seconds."
    if last_run is None:
        return Point(title, State.UNKNOWN, "Not checked yet.", advice)
    if last_run.finished_at is not None and not last_run.is_finished:
        found = f"The checks did not finish. {last_run.error}".strip()
        return Point(title, State.UNKNOWN, found, advice)
    if last_run.finished_at is not None:
        age = now - last_run.finished_at
        if age > WORKER_WITHIN:
            return Point(title, State.UNKNOWN, f"It last answered {_words(age)} ago.", advice)
        took = (last_run.finished_at - last_run.created_at).total_seconds()
        return Point(title, State.MET, f"It finished the checks in {took:.0f} seconds.")
    waited = now - last_run.created_at
    if last_run.sent_at is not None and waited <= PATIENCE:
        return Point(title, State.UNKNOWN, "The checks have just been requested.", "Wait a moment.")
    return Point(
        title,
        State.UNMET,
        last_run.notice or f"No answer since the checks were requested {_words(waited)} ago.",
        f"Start a worker ({target('worker', WORKER)}). Its CELERY_BROKER_URL must be the web "
        "server’s.",
    )


def _words(age: timedelta) -> str:
    now = timezone.now()
    return timesince(now - max(age, timedelta()), now, depth=1)
