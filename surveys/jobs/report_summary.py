"""Reads findings, accuracy and tests out of a study's finished report, for the page of results."""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import Any

from django.conf import settings

from surveys.errors import ResultsError
from surveys.models import Survey
from surveys.protocol.design.groups import shown_conditions
from surveys.studies.blinding import condition_labels, require_unblinded

STRATA = {
    "model_wrong": "Where the model is wrong",
    "model_right": "Where the model is right",
    "all": "All items",
}
# The strata that are asked about, which the plot shows side by side.
PLOTTED = ("model_wrong", "model_right")
# The number of findings that the page says at once; the others can be opened below them.
N_LEADING = 2
# The number of tests that the page lists; the report has them all.
MOST_TESTS = 30
# The share of right answers by guessing, which results.json has a test against.
GUESSING = 25


@dataclass(frozen=True)
class Accuracy:
    """How often a condition's participants picked the model's prediction, from 0 to 1."""

    label: str
    n_participants: int
    mean: float
    # 95 % interval; None when there are too few participants for one.
    low: float | None
    high: float | None

    @property
    def percent(self) -> str:
        return f"{100 * self.mean:.1f}"

    @property
    def interval(self) -> tuple[str, str] | None:
        """Return both ends in percent, or None without an interval."""
        if self.low is None or self.high is None:
            return None
        return f"{100 * self.low:.1f}", f"{100 * self.high:.1f}"


@dataclass(frozen=True)
class Comparison:
    """One test that the plan declares."""

    where: str
    first: str
    second: str
    # Cliff's delta, from -1 to 1, with its 95 % interval; None where it could not be estimated.
    delta: float | None
    low: float | None
    high: float | None
    # Corrected for all declared tests.
    p_value: float | None

    @property
    def delta_text(self) -> str:
        return _signed(self.delta)

    @property
    def interval_text(self) -> str:
        if self.low is None or self.high is None:
            return "–"
        return f"{_signed(self.low)} to {_signed(self.high)}"

    @property
    def p_text(self) -> str:
        if self.p_value is None:
            return "–"
        return "< .001" if self.p_value < 0.001 else f"{self.p_value:.3f}".removeprefix("0")


def _signed(value: float | None) -> str:
    return "–" if value is None else f"{value:.2f}".replace("-", "−")


@dataclass(frozen=True)
class ResultsSummary:
    """What a finished report says, and when it was written."""

    at: datetime
    n_participants: int
    n_simulated: int
    # Name of the stratum -> its rows, in the order of the conditions' letters.
    strata: dict[str, list[Accuracy]]
    # The sentences at the top of the report; none in reports of earlier versions.
    findings: tuple[str, ...] = ()
    comparisons: tuple[Comparison, ...] = ()
    # Percent that guessing would reach; None where questions differ in their number of options.
    guessing: int | None = None

    @property
    def leading(self) -> tuple[str, ...]:
        return self.findings[:N_LEADING]

    @property
    def further(self) -> tuple[str, ...]:
        return self.findings[N_LEADING:]

    @property
    def plotted(self) -> dict[str, list[Accuracy]]:
        """Return the strata of the plot, those without answers left out."""
        return {STRATA[name]: rows for name in PLOTTED if (rows := self.strata[STRATA[name]])}


def results_file(survey: Survey) -> Path:
    """Where a report of the study leaves its numbers."""
    return Path(settings.REPORTS_DIR) / survey.slug / "results.json"


def find_results(survey: Survey) -> ResultsSummary | None:
    """The study's report, or None when there is none yet.

    Raises BlindingError while the study is blind, ResultsError for a file that cannot be shown.
    """
    require_unblinded(survey, "A report")
    file = results_file(survey)
    if not file.is_file():
        return None
    try:
        stored = json.loads(file.read_text(encoding="utf-8"))
        written = datetime.fromtimestamp(file.stat().st_mtime, UTC)
        _require_same_protocol(survey, stored, file)
        return ResultsSummary(
            at=written,
            n_participants=int(stored["n_participants"]),
            n_simulated=int(stored["n_simulated"]),
            strata=_strata(survey, stored["accuracy"]),
            findings=tuple(map(str, stored.get("findings", ()))),
            comparisons=tuple(_comparisons(survey, stored.get("tests", ()))),
            guessing=GUESSING if "chance" in stored else None,
        )
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ResultsError(
            f"{file} cannot be read as a report ({type(error).__name__}); build the report again."
        ) from error


def _require_same_protocol(survey: Survey, stored: Mapping[str, Any], file: Path) -> None:
    if stored["provenance"].get("protocol SHA-256", "") not in ("", survey.protocol_sha256):
        raise ResultsError(
            f"{file} was made from another protocol than that of {survey.slug!r}; "
            "build the report again."
        )


def _labels(survey: Survey) -> dict[str, str]:
    labels = condition_labels(survey)
    # Within-person conditions are no groups and have no letters; a report is seen once unblinded.
    return labels | {name: name for name in shown_conditions(survey.protocol) if name not in labels}


def _comparisons(survey: Survey, rows: Iterable[Mapping[str, Any]]) -> Iterator[Comparison]:
    labels = _labels(survey)
    declared = (row for row in rows if row["family"] == "declared")
    for row in islice(declared, MOST_TESTS):
        yield Comparison(
            where=STRATA[row["stratum"]],
            first=labels.get(row["condition_a"], row["condition_a"]),
            second=labels.get(row["condition_b"], row["condition_b"]),
            delta=_number(row["cliffs_delta"]),
            low=_number(row["ci_low"]),
            high=_number(row["ci_high"]),
            p_value=_number(row["p_adjusted"]),
        )


def _number(value: Any) -> float | None:
    return None if value is None else float(value)


def _strata(survey: Survey, rows: list[dict[str, Any]]) -> dict[str, list[Accuracy]]:
    labels = _labels(survey)
    cells = {(row["condition"], row["stratum"]): row for row in rows}
    return {
        heading: [
            _accuracy(label, cells[name, stratum])
            for name, label in labels.items()
            if (name, stratum) in cells
        ]
        for stratum, heading in STRATA.items()
    }


def _accuracy(label: str, row: Mapping[str, Any]) -> Accuracy:
    return Accuracy(
        label=label,
        n_participants=int(row["n_participants"]),
        mean=float(row["mean"]),
        low=_number(row["ci_low"]),
        high=_number(row["ci_high"]),
    )
