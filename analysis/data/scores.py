"""Scores: the predictions that each participant guessed in each stratum, and trials asked."""

from collections.abc import Collection
from pathlib import Path

import numpy as np
import pandas as pd

from analysis.data.files import read_table
from analysis.data.schema import ALL, ASKED_STRATA, SCORE_COLUMNS, SCORE_FILE_COLUMNS, STRATA
from analysis.data.tallies import tally
from analysis.data.validation import (
    require_conditions,
    require_known,
    require_rows,
    require_unique,
    require_where,
    whole_numbers,
)

# The differences, apart from capitals, between spellings of one condition: `Grad-CAM`, `grad_cam`,
# `gradcam`. All other signs are part of a name: `Grad-CAM++`, `top -1`, `alpha 0.5`.
SPELLING = r"[\s_]|(?<=\w)[-‐‑–]|[-‐‑–](?!\d)|\.(?!\d)|(?<!\d)\."


def read_scores(path: Path | str, conditions: Collection[str] = ()) -> pd.DataFrame:
    """Return the long scores (columns `SCORE_COLUMNS`) of a file; raise as `read_score_file`."""
    return long_scores(read_score_file(Path(path), conditions))


def read_score_file(path: Path, conditions: Collection[str] = ()) -> pd.DataFrame:
    """Return the checked rows of a file with the columns `SCORE_FILE_COLUMNS`.

    Raises DataError, with line and column, for a file that cannot be read, misses a column, repeats
    a participant, has a condition that is not in `conditions` (if given) or is spelt in two ways,
    or has a count that is not a whole number or exceeds its maximum.
    """
    source = path.name
    wide = read_table(path, SCORE_FILE_COLUMNS)
    # A spreadsheet may write lines that are only commas.
    wide = wide[wide.notna().any(axis=1)].copy()
    require_rows(wide, source)
    return _checked(wide, source, conditions).reset_index(drop=True)


def _checked(wide: pd.DataFrame, source: str, conditions: Collection[str]) -> pd.DataFrame:
    for name in ("participant_id", "condition"):
        wide[name] = wide[name].str.strip()
        require_where(wide[name].fillna("").ne(""), wide, name, source, "given")
    require_unique(wide, ["participant_id"], source)
    _check_conditions(wide, source, conditions)
    numbers = wide[["participant_id", "condition"]].copy()
    for stratum in ASKED_STRATA:
        correct, asked = f"correct_{stratum}", f"n_{stratum}"
        numbers[asked] = whole_numbers(wide, asked, source)
        numbers[correct] = whole_numbers(wide, correct, source)
        in_range = numbers[correct] <= numbers[asked]
        require_where(in_range, wide, correct, source, f"at most the line's {asked}")
    return numbers


def _check_conditions(wide: pd.DataFrame, source: str, conditions: Collection[str]) -> None:
    named = wide["condition"]
    if conditions:
        wanted = f"one of the plan's conditions, {', '.join(sorted(conditions))}"
        require_where(named.isin(list(conditions)), wide, "condition", source, wanted)
    plain = named.str.normalize("NFC").str.casefold().str.replace(SPELLING, "", regex=True)
    first = named.groupby(plain).transform("first")
    other = first[named != first]
    wanted = f"spelt {other.iloc[0]!r} as above" if len(other) else ""
    require_where(named == first, wide, "condition", source, wanted)


def long_scores(wide: pd.DataFrame) -> pd.DataFrame:
    """Return wide counts (`SCORE_FILE_COLUMNS`) as long scores (`SCORE_COLUMNS`)."""
    parts = []
    for stratum in STRATA:
        asked = ASKED_STRATA if stratum == ALL else (stratum,)
        part = wide[["participant_id", "condition"]].copy()
        part["stratum"] = stratum
        part["n_correct"] = sum(wide[f"correct_{name}"] for name in asked)
        part["n_trials"] = sum(wide[f"n_{name}"] for name in asked)
        parts.append(part)
    return _with_accuracy(pd.concat(parts, ignore_index=True))


def score_trials(trials: pd.DataFrame, correct: str = "correct") -> pd.DataFrame:
    """Return long scores counted from trials; trials without an answer do not count.

    `correct` is the column to sum: 1 where the trial counts as right, NaN where it does not count.
    """
    keys = ["participant_id", "condition", "stratum"]
    answered = trials.loc[trials[correct].notna(), [*keys, correct]]
    counts = tally(answered, keys, correct)[[*keys, "sum", "size"]]
    counts.columns = pd.Index([*keys, "n_correct", "n_trials"])
    counts[keys] = counts[keys].astype(str)
    both = counts.groupby(["participant_id", "condition"], as_index=False)[
        ["n_correct", "n_trials"]
    ].sum()
    both["stratum"] = ALL
    return _with_accuracy(pd.concat([counts, both], ignore_index=True))


def _with_accuracy(scores: pd.DataFrame) -> pd.DataFrame:
    # 0 / 0, a stratum without answers of a participant, becomes NaN and is left out later.
    scores["accuracy"] = scores["n_correct"] / scores["n_trials"].where(scores["n_trials"] > 0)
    return scores[list(SCORE_COLUMNS)]


def scores_of(scores: pd.DataFrame, condition: str, stratum: str) -> "pd.Series[float]":
    """Return the accuracies (0 to 1) of one condition's participants in one stratum, without NaN.

    Raises ValueError for a condition or stratum that is not in the scores.
    """
    require_conditions(scores, condition)
    return known_scores_of(scores, condition, stratum)


def known_scores_of(scores: pd.DataFrame, condition: str, stratum: str) -> "pd.Series[float]":
    """Return the same, or an empty series for a condition that is not in the scores."""
    require_known("stratum", stratum, STRATA)
    chosen = (scores["condition"] == condition) & (scores["stratum"] == stratum)
    return scores.loc[chosen, "accuracy"].dropna()


def paired_scores(
    scores: pd.DataFrame, condition_a: str, condition_b: str, stratum: str
) -> tuple[np.ndarray, np.ndarray]:
    """Return the accuracies (0 to 1) in two conditions of the participants who have both."""
    require_known("stratum", stratum, STRATA)
    chosen = scores[scores["stratum"] == stratum].set_index("participant_id")
    first, second = (
        chosen.loc[chosen["condition"] == name, "accuracy"].dropna()
        for name in (condition_a, condition_b)
    )
    both = first.index.intersection(second.index).sort_values()
    return first.loc[both].to_numpy(float), second.loc[both].to_numpy(float)


def conditions_of(scores: pd.DataFrame) -> list[str]:
    """Return the conditions with a score, in the order of all tables and figures."""
    return sorted(scores.loc[scores["accuracy"].notna(), "condition"].unique())
