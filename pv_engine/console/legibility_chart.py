"""How often the model's prediction is named from each condition's pictures, as a chart.

Each condition is a row. In it, each reader is a lane with a mark and its exact interval, from 0 to
100 %: the team that read blind, and the machine readers of the set's quality report.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from pv_engine.models import BlindReading, Item
from pv_engine.recipe.conditions import title_of
from pv_engine.stimulus_sets.blind_reading import Score, exact_interval

TEAM = "team"
# Parts of the manifest's `legibility` in which a reader is looked for; the larger sample first.
READERS = {
    "own": ("held_out_zero_shot", "items_zero_shot"),
    "fitted": ("held_out", "items"),
}
LABELS = {
    TEAM: "the team, reading blind",
    "own": "a network that never saw a stimulus",
    "fitted": "a network fitted to stimuli",
}
# In SVG units: the height of a lane, and of a row beside its lanes.
LANE, MARGIN = 14, 6


@dataclass(frozen=True)
class Mark:
    """One reader's share with its interval, all in percent; `y` is the middle of its lane."""

    reader: str
    label: str
    hits: int
    n: int
    low: float
    high: float
    y: int

    @property
    def share(self) -> float:
        return 100 * self.hits / self.n

    def words(self) -> str:
        return (
            f"{self.label}: {self.hits} of {self.n}, {self.share:.0f} % "
            f"({self.low:.0f} to {self.high:.0f})"
        )


@dataclass(frozen=True)
class ConditionRow:
    """A condition's marks, below each other."""

    condition: str
    marks: tuple[Mark, ...]
    height: int

    def words(self) -> str:
        return f"{title_of(self.condition)}. {'; '.join(mark.words() for mark in self.marks)}."


@dataclass(frozen=True)
class LegibilityChart:
    """The rows of one stratum; `chance` is the share that guessing names, in percent."""

    stratum: str
    heading: str
    chance: float | None
    rows: tuple[ConditionRow, ...]
    readers: tuple[tuple[str, str], ...]


def legibility_charts(
    manifest: Mapping[str, Any], readings: Iterable[BlindReading]
) -> list[LegibilityChart]:
    """Return a chart for each stratum of which something was read."""
    team = scores_of_team(readings)
    charts = (_chart(manifest, team, *choice) for choice in Item.Stratum.choices)
    return [chart for chart in charts if chart.rows]


def scores_of_team(readings: Iterable[BlindReading]) -> dict[tuple[str, str], Score]:
    """Return (stratum, condition) -> the score of all its readers together."""
    scores: dict[tuple[str, str], Score] = {}
    for reading in readings:
        key = (reading.stratum, reading.condition)
        score = Score(reading.n, reading.named_prediction, reading.named_truth, reading.chance)
        scores[key] = scores[key] + score if key in scores else score
    return scores


def _chart(
    manifest: Mapping[str, Any], team: Mapping[tuple[str, str], Score], stratum: str, label: str
) -> LegibilityChart:
    kinds = ["original", *manifest["conditions"]]
    counts = {kind: _counts(manifest, team, stratum, kind) for kind in kinds}
    readers = [name for name in LABELS if any(name in each for each in counts.values())]
    rows = tuple(
        _row(kind, counts[kind], [name for name in readers if name in counts[kind]])
        for kind in kinds
        if counts[kind]
    )
    options = [len(item["options"]) for item in manifest.get("items", []) if item.get("options")]
    return LegibilityChart(
        stratum=stratum,
        heading=f"Where the {label.replace('model', 'model is')}",
        chance=100 * sum(1 / each for each in options) / len(options) if options else None,
        rows=rows,
        readers=tuple((name, LABELS[name]) for name in readers),
    )


def _counts(
    manifest: Mapping[str, Any], team: Mapping[tuple[str, str], Score], stratum: str, kind: str
) -> dict[str, tuple[int, int]]:
    """Return each reader's hits and pictures."""
    found = {}
    if (stratum, kind) in team:
        found[TEAM] = (team[stratum, kind].prediction, team[stratum, kind].n)
    legibility = manifest.get("legibility") or {}
    for reader, parts in READERS.items():
        for part in parts:
            cell = legibility.get(part, {}).get(kind, {}).get(stratum, {})
            if cell.get("pictures") and reader not in found:
                found[reader] = (cell["prediction"], cell["pictures"])
    return found


def _row(kind: str, counts: Mapping[str, tuple[int, int]], readers: list[str]) -> ConditionRow:
    marks = []
    for lane, reader in enumerate(readers):
        hits, n = counts[reader]
        low, high = (100 * end for end in exact_interval(hits, n))
        y = MARGIN + LANE * lane + LANE // 2
        marks.append(Mark(reader, LABELS[reader], hits, n, low, high, y))
    return ConditionRow(kind, tuple(marks), LANE * len(marks) + 2 * MARGIN)
