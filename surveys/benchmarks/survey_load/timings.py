"""Counts and times the requests of a load."""

import statistics
from collections import Counter, defaultdict
from typing import Any


class Timings:
    """Milliseconds of every answered request by kind, and what went wrong."""

    def __init__(self) -> None:
        self.milliseconds: dict[str, list[float]] = defaultdict(list)
        self.errors: Counter[str] = Counter()

    def add(self, kind: str, seconds: float) -> None:
        self.milliseconds[kind].append(1000 * seconds)

    @property
    def requests(self) -> int:
        return sum(map(len, self.milliseconds.values()))

    def summary(self) -> dict[str, Any]:
        """Of each kind its number and percentiles, in milliseconds."""
        return {kind: _percentiles(values) for kind, values in sorted(self.milliseconds.items())}


def _percentiles(values: list[float]) -> dict[str, float]:
    cuts = statistics.quantiles(values, n=100) if len(values) > 1 else values * 99
    return {
        "requests": len(values),
        "p50_ms": round(cuts[49], 1),
        "p95_ms": round(cuts[94], 1),
        "p99_ms": round(cuts[98], 1),
        "max_ms": round(max(values), 1),
    }
