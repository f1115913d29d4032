"""What a question's page measures in the browser, as far as it can be true."""

from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from django.http import QueryDict

from surveys.models import TimedBy
from surveys.participation.given.fields import read_int

# A page left open for longer says nothing about how long the answer took.
LONGEST_TIME_MS = 24 * 3600 * 1000
TIMES = ("response_time_ms", "hidden_time_ms", "chosen_ms")
COUNTS = {"n_changes": 10_000, "images_failed": 999}
# By so much, the clocks of browser and server may differ over one question.
SLACK = timedelta(seconds=1)


@dataclass(frozen=True)
class Measures:
    """Columns of `Response`, and with `first_` before them of `Trial`; empty if not measured."""

    response_time_ms: int | None = None
    hidden_time_ms: int | None = None
    chosen_ms: int | None = None
    n_changes: int | None = None
    timed_by: str = ""
    images_failed: int | None = None

    def columns(self, prefix: str = "") -> dict[str, Any]:
        return {f"{prefix}{name}": value for name, value in asdict(self).items()}

    def within(self, shown_at: datetime, answered_at: datetime) -> "Measures":
        """Return these without times if the server saw less time go by between page and answer."""
        possible = is_possible(self.response_time_ms, shown_at, answered_at)
        return self if possible else self.without_times()

    def without_times(self) -> "Measures":
        return replace(self, **dict.fromkeys(TIMES), timed_by=TimedBy.IMPOSSIBLE)


def is_possible(milliseconds: int | None, shown_at: datetime, answered_at: datetime) -> bool:
    """Return whether a time measured in the browser fits between two moments of the server."""
    passed = answered_at - shown_at + SLACK
    return milliseconds is None or timedelta(milliseconds=milliseconds) <= passed


def read_measures(sent: QueryDict) -> Measures:
    """Return what was measured; all times or none, since one that is forged discredits the rest."""
    times = {name: read_int(sent.get(name, ""), LONGEST_TIME_MS) for name in TIMES}
    counts = {name: read_int(sent.get(name, ""), most) for name, most in COUNTS.items()}
    timed_by = sent.get("timed_by", "")
    known = timed_by if timed_by in (TimedBy.ELEMENT, TimedBy.FRAMES) else ""
    measures = Measures(**times, **counts, timed_by=known)
    is_legible = all(times[name] is not None for name in TIMES if sent.get(name))
    whole, *parts = times.values()
    fits = all(part is None or (whole is not None and part <= whole) for part in parts)
    return measures if is_legible and fits else measures.without_times()
