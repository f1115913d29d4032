"""Reads the accuracy out of a study's finished report, for the console's page of results."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
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
class ResultsSummary:
    """What a finished report says, and when it was written."""

    at: datetime
    n_participants: int
    n_simulated: int
    # Name of the stratum -> its rows, in the order of the conditions' letters.
    strata: dict[str, list[Accuracy]]


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


def _strata(survey: Survey, rows: list[dict[str, Any]]) -> dict[str, list[Accuracy]]:
    labels = condition_labels(survey)
    # Within-person conditions are no groups and have no letters; a report is seen once unblinded.
    others = [name for name in shown_conditions(survey.protocol) if name not in labels]
    labels |= dict(zip(others, others, strict=True))
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
    low, high = row["ci_low"], row["ci_high"]
    return Accuracy(
        label=label,
        n_participants=int(row["n_participants"]),
        mean=float(row["mean"]),
        low=None if low is None else float(low),
        high=None if high is None else float(high),
    )
