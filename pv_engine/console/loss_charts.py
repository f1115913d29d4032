"""A training's curve as charts, drawn by the server in boxes of 100 by 100.

Templates put the paths into stretching SVG, with numbers and words beside it as text. Each measure
has its own chart, since loss terms differ by orders of magnitude; its values in training and on
validation pictures share one. Values that were not finite leave a gap.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

Row = dict[str, float | None]
VALIDATION = "validation_"
# The loss on validation pictures, by which the best weights are chosen.
SCORE = "score"
LABELS = {
    "total": "Loss",
    "mse": "Squared error (MSE)",
    "ssim": "SSIM term of the loss",
    "dsim": "DSIM term of the loss",
    "exact_match": "Exact match",
    "validation_ssim": "SSIM",
    "psnr": "PSNR (dB)",
    "feature_mse": "Squared error of features",
    "top1_agreement": "Same top class",
}
# In training, this name is a term of the loss (lower is better); in validation, the measure.
NOT_COMPARABLE = ("validation_ssim",)
# Validation measures that are not losses: higher is better.
MORE_IS_BETTER = ("exact_match",)
# A scale is logarithmic if its values are positive and differ by more than this factor.
WIDE_RANGE = 30


@dataclass(frozen=True)
class Line:
    """One measure over the steps; `kind` is "training" or "validation"."""

    kind: str
    path: str
    first: tuple[int, float]
    last: tuple[int, float]


@dataclass(frozen=True)
class MeasureChart:
    """One measure: its lines, the labels at the ends of the axes, and a summary sentence."""

    name: str
    label: str
    lines: list[Line]
    low: str
    high: str
    first_step: int
    last_step: int
    is_logarithmic: bool
    sentence: str


def measure_charts(rows: Sequence[Row]) -> list[MeasureChart]:
    """Return a chart for each measure of a training's rows, the loss first."""
    names = list(dict.fromkeys(name for row in rows for name in row if name != "step"))
    measures = list(dict.fromkeys(_measure(name) for name in names))
    charts = [_chart(measure, names, rows) for measure in measures]
    return sorted((chart for chart in charts if chart), key=lambda chart: chart.name != "total")


def curve_columns(rows: Sequence[Row]) -> list[str]:
    """Return the names of a training's measures, in the order of their first appearance."""
    return list(dict.fromkeys(name for row in rows for name in row if name != "step"))


def _measure(name: str) -> str:
    if name in NOT_COMPARABLE:
        return name
    return "total" if name == SCORE else name.removeprefix(VALIDATION)


def _kind(name: str) -> str:
    is_validation = name == SCORE or name.startswith(VALIDATION) or name in MORE_IS_BETTER
    return "validation" if is_validation else "training"


def _chart(measure: str, names: Sequence[str], rows: Sequence[Row]) -> MeasureChart | None:
    """Return the measure's chart; None if it has no finite value."""
    series = [(name, _points(name, rows)) for name in names if _measure(name) == measure]
    values = [y for _, points in series for _, y in points if y is not None]
    if not values:
        return None
    low, high = min(values), max(values)
    is_logarithmic = low > 0 and high / low > WIDE_RANGE
    steps = [_step(row) for row in rows]
    scale = Scale(steps[0], steps[-1], low, high, is_logarithmic)
    lines = [line for name, points in series if (line := _line(name, points, scale))]
    label = LABELS.get(measure, measure.replace("_", " ").capitalize())
    return MeasureChart(
        name=measure,
        label=label,
        lines=lines,
        low=f"{low:.3g}",
        high=f"{high:.3g}",
        first_step=steps[0],
        last_step=steps[-1],
        is_logarithmic=is_logarithmic,
        sentence=f"{label}: {'; '.join(map(_words, lines))}.",
    )


@dataclass(frozen=True)
class Scale:
    """Maps steps and values to the box; in SVG, y grows downwards."""

    first: int
    last: int
    low: float
    high: float
    is_logarithmic: bool

    def place(self, step: int, value: float) -> str:
        """Return the point's coordinates as in an SVG path."""
        x = 100 * (step - self.first) / ((self.last - self.first) or 1)
        low, high, here = (self._height(each) for each in (self.low, self.high, value))
        y = 100 - 100 * (here - low) / ((high - low) or 1)
        return f"{_number(x)} {_number(y)}"

    def _height(self, value: float) -> float:
        return math.log(value) if self.is_logarithmic else value


def _points(name: str, rows: Sequence[Row]) -> list[tuple[int, float | None]]:
    return [(_step(row), row[name]) for row in rows if name in row]


def _step(row: Row) -> int:
    return int(row["step"] or 0)


def _line(name: str, points: Sequence[tuple[int, float | None]], scale: Scale) -> Line | None:
    known = [(step, value) for step, value in points if value is not None]
    if not known:
        return None
    parts: list[str] = []
    is_open = False
    for step, value in points:
        if value is not None:
            place = scale.place(step, value)
            # A single point is a line to itself, which round ends draw as a dot.
            parts.append(f"L{place}" if is_open else f"M{place} L{place}")
        is_open = value is not None
    return Line(_kind(name), " ".join(parts), known[0], known[-1])


def _words(line: Line) -> str:
    (first, begin), (last, end) = line.first, line.last
    if first == last:
        return f"{line.kind} {end:.3g} at step {last}"
    return f"{line.kind} from {begin:.3g} at step {first} to {end:.3g} at step {last}"


def _number(value: float) -> str:
    return f"{value:.2f}".rstrip("0").rstrip(".")
