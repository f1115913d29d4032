"""The geometry of the console's charts, drawn by the server into a box of 100 by 100.

Templates put it into SVG that stretches; words and numbers stand beside it as text.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from math import ceil, floor, log10
from typing import Any

from surveys.monitoring.pace import Pace


@dataclass(frozen=True)
class Part:
    """One part of a bar: its kind, where it begins and how long it is, in percent."""

    kind: str
    x: str
    width: str


@dataclass(frozen=True)
class PaceChart:
    """The way to the target: paths in percent, and what stands at the ends of the axes."""

    line: str
    area: str
    # From the last point to the projected end; empty when there is none.
    projection: str
    # Height of the target's line; empty without a target.
    target_y: str
    top: int
    begin: datetime
    end: datetime


@dataclass(frozen=True)
class PowerChart:
    """Power by sample size: paths in percent, and the sizes at the ends of the axis."""

    line: str
    # Between the ends of the intervals.
    area: str
    target_y: str
    first: int
    last: int


def power_chart(curve: Sequence[Mapping[str, Any]], wanted: float) -> PowerChart:
    """Return the chart of a simulated curve, with a line at the wanted power, from 0 to 1."""
    sizes = [int(row["n_per_condition"]) for row in curve]
    first, last = sizes[0], sizes[-1]
    xs = [100 * (n - first) / max(1, last - first) for n in sizes]

    def path(name: str) -> list[str]:
        powers = (float(row[name]) for row in curve)
        return [f"{_number(x)} {_number(100 - 100 * y)}" for x, y in zip(xs, powers, strict=True)]

    return PowerChart(
        line="M" + " L".join(path("power")),
        area="M" + " L".join([*path("ci_high"), *reversed(path("ci_low"))]) + " Z",
        target_y=_number(100 - 100 * wanted),
        first=first,
        last=last,
    )


def bar(parts: Sequence[tuple[str, int]], whole: int) -> list[Part]:
    """A bar of (kind, count) one after the other; `whole` is its full length."""
    found, x = [], 0.0
    for kind, count in parts:
        width = 100 * count / whole if whole else 0.0
        found.append(Part(kind, _number(x), _number(width)))
        x += width
    return found


def pace_chart(pace: Pace) -> PaceChart | None:
    """Return the chart of finished participants over time, or None before anyone has finished.

    If some of them do not count towards the target, the chart shows no target.
    """
    if pace.begin is None or not pace.points:
        return None
    target = pace.target if pace.counting == pace.finished else None
    aim = pace.projected_end if target else None
    begin = min(pace.begin, pace.points[0].start)
    end = max(aim or pace.until, pace.until)
    span = (end - begin).total_seconds() or 1.0
    top = round_up(max(pace.finished, target or 0))

    def place(at: datetime, total: float) -> str:
        x = 100 * (at - begin).total_seconds() / span
        return f"{_number(x)} {_number(100 - 100 * total / top)}"

    # The line is level while nobody finishes, and rises within the minute, hour or day of a point.
    ends = [(begin, 0)]
    for point in pace.points:
        ends += [(point.start, ends[-1][1]), (point.end, point.total)]
    ends.append((pace.until, ends[-1][1]))
    steps = [place(min(max(at, begin), pace.until), total) for at, total in ends]
    steps = list(dict.fromkeys(steps))
    line = "M" + " L".join(steps)
    foot = f" L{place(pace.until, 0)} Z"
    return PaceChart(
        line=line,
        area=line + foot,
        projection=f"M{steps[-1]} L{place(aim, target or 0)}" if aim else "",
        target_y=_number(100 - 100 * target / top) if target else "",
        top=top,
        begin=begin,
        end=end,
    )


def round_up(value: int) -> int:
    """The next number that begins with 1, 2 or 5 and goes on with zeros, or half-way to it."""
    if value <= 1:
        return 1
    unit: int = 10 ** floor(log10(value))
    for step in (1, 1.5, 2, 3, 4, 5, 6, 8, 10):
        if value <= step * unit:
            return ceil(step * unit)
    return value


def _number(value: float) -> str:
    return f"{value:.2f}".rstrip("0").rstrip(".")
