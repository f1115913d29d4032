"""The head of the report: the plan's findings in sentences and as one table."""

import math
from typing import Any

import pandas as pd

from analysis.data.labels import INTERACTION, stratum_label
from analysis.data.schema import Row, rows_by
from analysis.report.numbers import DASH, count, p_value, percent, percent_interval
from analysis.report.section import Section
from analysis.report.sections.differences.pairs import pair_label
from analysis.report.sections.generalising.like_these import (
    BOOTSTRAP,
    interactions,
)
from analysis.report.sections.summary import (
    MOST_SENTENCES,
    NOBODY,
    Basis,
    corrected,
    difference,
    is_paired,
    like_these,
    outcome,
    summary,
)
from analysis.report.tables import Table
from analysis.statistics.ranks.effect_sizes import Interval

# Why there is no interval for images like these, where others have one.
NONE_AS_WIDE = (
    "every interval that was computed is shorter than that for these images, so none is shown"
)
# Column of the intervals that are not the mixed model's.
MARK = "*"


def findings_section(basis: Basis) -> Section:
    """What each of the plan's tests found, for these images and for images like these."""
    sentences = summary(basis)
    tables = [_table(basis)] if 0 < len(basis.tests) <= MOST_SENTENCES else []
    return Section(
        title="Findings",
        paragraphs=sentences,
        tables=tables,
        numbers={
            "findings": sentences,
            "interaction": basis.numbers["interaction"],
            "headline": [row for table in tables for row in table.numbers.to_dict("records")],
        },
    )


def _table(basis: Basis) -> Table:
    rows = [_test_row(basis, row) for row in basis.tests]
    sizes = {
        (row["condition_a"], row["condition_b"]): {"n_a": row["n_a"], "n_b": row["n_b"]}
        for row in basis.numbers["interaction"]
    }
    rows += [
        _row(INTERACTION, pair, these, others)
        | sizes[pair]
        | {"is_paired": basis.study.design.are_paired(*pair), "outcome": "exploratory"}
        for pair, these, others in interactions(basis.numbers)
    ]
    numbers = pd.DataFrame(rows)
    text = [_text(row) for row in rows]
    shown = pd.DataFrame(text).rename(columns={"p": f"p{_correction(basis)}"})
    if numbers["like_method"].isna().all():
        shown = shown.drop(columns="Images like these (95 % CI)")
    return Table("table_headline", "What the study found", numbers, shown, _note(basis, numbers), 2)


def _correction(basis: Basis) -> str:
    n = len(basis.tests)
    return f" ({corrected(basis.plan, n).split('-corrected')[0]})" if n > 1 else ""


def _row(
    stratum: str, pair: tuple[str, str], these: Interval, others: tuple[Interval, str] | None
) -> dict[str, Any]:
    like, method = others or (Interval(math.nan, math.nan, math.nan), None)
    return {
        "stratum": stratum, "condition_a": pair[0], "condition_b": pair[1],
        "n_a": math.nan, "n_b": math.nan, "mean_a": math.nan, "mean_b": math.nan,
        "difference": these.estimate, "ci_low": these.ci_low, "ci_high": these.ci_high,
        "like_difference": like.estimate, "like_ci_low": like.ci_low, "like_ci_high": like.ci_high,
        "like_method": method, "p_adjusted": math.nan, "is_paired": False,
    }  # fmt: skip


def _test_row(basis: Basis, row: Row) -> dict[str, Any]:
    pair = row["condition_a"], row["condition_b"]
    others = like_these(basis, row)
    cells = rows_by(basis.accuracy, "condition", "stratum")
    means = [cells.get((name, row["stratum"]), NOBODY)["mean"] for name in pair]
    sizes = [row["n_pairs"]] * 2 if is_paired(row) else [row["n_a"], row["n_b"]]
    return _row(row["stratum"], pair, difference(basis, row), others) | {
        "n_a": sizes[0], "n_b": sizes[1], "is_paired": is_paired(row),
        "mean_a": means[0], "mean_b": means[1],
        "p_adjusted": row["p_adjusted"],
        "outcome": outcome(row, basis.plan).removeprefix("is "),
    }  # fmt: skip


def _text(row: dict[str, Any]) -> dict[str, str]:
    is_test = row["stratum"] != INTERACTION
    mark = MARK if row["like_method"] == BOOTSTRAP else ""
    return {
        "Images": stratum_label(row["stratum"]),
        "Difference": pair_label(row["condition_a"], row["condition_b"]),
        "n": _sizes(row),
        "Accuracy (%)": f"{percent(row['mean_a'])}, {percent(row['mean_b'])}" if is_test else DASH,
        "These images (95 % CI)": _points(row, "difference", "ci_low", "ci_high"),
        "Images like these (95 % CI)": _points(
            row, "like_difference", "like_ci_low", "like_ci_high"
        )
        + mark,
        "p": p_value(row["p_adjusted"]),
        "Hypothesis": row["outcome"],
    }


def _sizes(row: dict[str, Any]) -> str:
    sizes = [count(row["n_a"]), count(row["n_b"])]
    return sizes[0] if row["is_paired"] else ", ".join(sizes)


def _points(row: dict[str, Any], estimate: str, low: str, high: str) -> str:
    if pd.isna(row[estimate]):
        return DASH
    return f"{percent(row[estimate])} ({percent_interval(row[low], row[high])})"


def _note(basis: Basis, numbers: pd.DataFrame) -> str:
    methods = set(numbers["like_method"].dropna())
    starred = BOOTSTRAP in methods
    like = ""
    if methods:
        like = (
            " Images like these: what other participants would do with other images of the kind, by"
            " the mixed model"
            + (
                f" ({MARK} {BOOTSTRAP}, where the model is not fitted or its interval is shorter"
                " than that for these images)."
                if starred
                else "."
            )
            + (f" {DASH}: {NONE_AS_WIDE}." if numbers["like_method"].isna().any() else "")
        )
    else:
        known = basis.study.trials is not None
        reason = "no mixed model was fitted" if known else "scores do not say which images"
        like = f" What other images would show is not estimated: {reason}."
    several = (
        f" {INTERACTION}, the interaction: the difference where the model was wrong minus that"
        " where it was right, which no test of the plan is about."
        if (numbers["stratum"] == INTERACTION).any()
        else ""
    )
    return (
        "Differences of accuracy in percentage points, first condition minus second. These images:"
        f" what other participants would do with them.{like}{several} Intervals are not corrected"
        " for their number."
    )
