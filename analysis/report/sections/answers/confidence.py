"""How sure participants were; only in studies that ask."""

from collections.abc import Callable

import pandas as pd

from analysis.data.labels import condition_label
from analysis.data.schema import CONFIDENCE, Row
from analysis.report.figures.grids import share_grid
from analysis.report.numbers import count, fixed, interval, percent, percent_interval
from analysis.report.section import Illustration, Section
from analysis.report.tables import Table
from analysis.statistics.choices.confidence import (
    calibration_table,
    confidence_table,
    discrimination_table,
)

# More levels, as of a slider, do not fit beside each other.
MOST_LEVELS = 11


def confidence_sections(trials: pd.DataFrame) -> list[Section]:
    """One section, or none where no answer has a confidence."""
    if CONFIDENCE not in trials or trials[CONFIDENCE].isna().all():
        return []
    tables = [_means(trials), _calibration(trials), _discrimination(trials)]
    keys = ("confidence", "confidence_calibration", "confidence_auc")
    return [
        Section(
            title="Confidence (exploratory)",
            paragraphs=[
                "Participants said how sure they were of each answer, in numbers from"
                f" {fixed(trials[CONFIDENCE].min(), 0)} to {fixed(trials[CONFIDENCE].max(), 0)} as"
                " given; a higher one is surer. Confidence that is higher for correct answers than"
                " for wrong ones fits the answers."
            ],
            tables=[table for table in tables if len(table.numbers)],
            figures=_figures(tables[1].numbers),
            numbers={
                key: table.numbers.to_dict("records")
                for key, table in zip(keys, tables, strict=True)
            },
        )
    ]


def _figures(calibration: pd.DataFrame) -> list[Illustration]:
    if calibration.empty or calibration["confidence"].nunique() > MOST_LEVELS:
        return []
    caption = "Correct answers at each level of confidence (%): means over participants."
    wide = calibration.astype({"condition": str, "confidence": int}).pivot(
        index="condition", columns="confidence", values="mean"
    )
    figure = share_grid(wide.rename(index=condition_label), axis_label="confidence")
    text = f"{caption} The table has the numbers."
    return [Illustration("figure_confidence", caption, text, figure)]


def _mean(row: Row) -> str:
    return f"{fixed(row['mean'])} ({interval(row['ci_low'], row['ci_high'])})"


def _table(
    name: str,
    caption: str,
    note: str,
    numbers: pd.DataFrame,
    columns: dict[str, Callable[[Row], str]],
    is_folded: bool = False,
) -> Table:
    shown = {"Condition": lambda row: condition_label(row["condition"]), **columns}
    text = [
        {title: show(row) for title, show in shown.items()} for row in numbers.to_dict("records")
    ]
    return Table(
        name, caption, numbers, pd.DataFrame(text), note, min(2, len(columns)), is_folded=is_folded
    )


def _means(trials: pd.DataFrame) -> Table:
    return _table(
        "table_confidence",
        "Confidence of correct and of wrong answers",
        "Means over participants’ means, with t intervals. n: participants with such answers.",
        confidence_table(trials),
        {
            "Answers": lambda row: "correct" if row["correct"] else "wrong",
            "n": lambda row: count(row["n_participants"]),
            "Confidence (95 % CI)": _mean,
        },
    )


def _calibration(trials: pd.DataFrame) -> Table:
    return _table(
        "table_confidence_calibration",
        "Share of correct answers at each level of confidence",
        "Means over the n participants who used a level, with Wilson’s interval on the effective"
        " sample size. Who uses a level differs between levels, so no test compares them.",
        calibration_table(trials),
        {
            "Confidence": lambda row: fixed(row["confidence"], 0),
            "Answers": lambda row: count(row["n_answers"]),
            "n": lambda row: count(row["n_participants"]),
            "Correct (%)": lambda row: percent(row["mean"]),
            "95 % CI": lambda row: percent_interval(row["ci_low"], row["ci_high"]),
        },
        is_folded=True,
    )


def _discrimination(trials: pd.DataFrame) -> Table:
    return _table(
        "table_confidence_auc",
        "How well confidence separates correct from wrong answers",
        "AUC: how often a correct answer of a participant has more confidence than a wrong one of"
        " theirs, ties as halves; 0.5 where confidence says nothing. Means over participants with"
        " correct and wrong answers, with t intervals.",
        discrimination_table(trials),
        {"n": lambda row: count(row["n_participants"]), "AUC (95 % CI)": _mean},
    )
