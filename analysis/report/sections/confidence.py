"""How sure participants were; only in studies that ask."""

import pandas as pd

from analysis.data.labels import condition_label
from analysis.data.schema import CONFIDENCE, Row
from analysis.report.numbers import count, fixed, interval, percent
from analysis.report.section import Section
from analysis.report.tables import Table
from analysis.statistics.confidence import (
    calibration_table,
    confidence_table,
    discrimination_table,
)


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
                "Participants said how sure they were of each answer, from 1 (not at all) to 5"
                " (completely). Confidence that is higher for correct answers than for wrong ones"
                " fits the answers."
            ],
            tables=[table for table in tables if len(table.numbers)],
            numbers={
                key: table.numbers.to_dict("records")
                for key, table in zip(keys, tables, strict=True)
            },
        )
    ]


def _mean(row: Row) -> str:
    return f"{fixed(row['mean'])} ({interval(row['ci_low'], row['ci_high'])})"


def _means(trials: pd.DataFrame) -> Table:
    numbers = confidence_table(trials)
    text = [
        {
            "Condition": condition_label(row["condition"]),
            "Answers": "correct" if row["correct"] else "wrong",
            "n": count(row["n_participants"]),
            "Confidence (95 % CI)": _mean(row),
        }
        for row in numbers.to_dict("records")
    ]
    note = "Means over participants’ means, with t intervals. n: participants with such answers."
    caption = "Confidence of correct and of wrong answers"
    return Table("table_confidence", caption, numbers, pd.DataFrame(text), note, 2)


def _calibration(trials: pd.DataFrame) -> Table:
    numbers = calibration_table(trials)
    text = [
        {
            "Condition": condition_label(row["condition"]),
            "Confidence": fixed(row["confidence"], 0),
            "Answers": count(row["n_answers"]),
            "n": count(row["n_participants"]),
            "Correct (%)": percent(row["share_correct"]),
        }
        for row in numbers.to_dict("records")
    ]
    note = "Shares of answers, not of participants: who answers at a level differs between levels."
    caption = "Share of correct answers at each level of confidence"
    return Table("table_confidence_calibration", caption, numbers, pd.DataFrame(text), note, 2)


def _discrimination(trials: pd.DataFrame) -> Table:
    numbers = discrimination_table(trials)
    text = [
        {
            "Condition": condition_label(row["condition"]),
            "n": count(row["n_participants"]),
            "AUC (95 % CI)": _mean(row),
        }
        for row in numbers.to_dict("records")
    ]
    note = (
        "AUC: how often a correct answer of a participant has more confidence than a wrong one of"
        " theirs, ties as halves; 0.5 where confidence says nothing. Means over participants with"
        " correct and wrong answers, with t intervals."
    )
    caption = "How well confidence separates correct from wrong answers"
    return Table("table_confidence_auc", caption, numbers, pd.DataFrame(text), note)
