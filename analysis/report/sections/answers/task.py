"""What studies with a task of their own add: chance, sensitivity and bias."""

from typing import Any

import pandas as pd

from analysis.data.labels import condition_label, with_condition
from analysis.report.numbers import count, fixed, interval, p_value, percent, percent_interval
from analysis.report.section import Section
from analysis.report.tables import Table
from analysis.statistics.choices.task_scores import (
    accuracy_against_chance,
    detection_table,
)

MEASURES = {
    "d_prime": "Sensitivity d′",
    "criterion": "Criterion c",
}


def task_section(task: dict[str, Any], trials: pd.DataFrame) -> Section:
    """Accuracy against the chance of each trial; what else suits the first question."""
    chance = accuracy_against_chance(trials)
    tables = [_chance_table(chance)]
    signal = _signal(task)
    if signal:
        found = detection_table(trials, signal)
        note = f"Of the answer “{signal}”, with the log-linear correction. Below 0, c means that it"
        tables.append(_measure_table("table_detection", "Sensitivity and bias", found,
                                     f"{note} was given too readily."))  # fmt: skip
    return Section(
        title="The task (exploratory)",
        paragraphs=[_sentence(chance)],
        tables=tables,
        warnings=[_warning()] if has_own_answers(trials) else [],
        numbers={
            table.name.removeprefix("table_"): table.numbers.to_dict("records") for table in tables
        },
    )


def has_own_answers(trials: pd.DataFrame) -> bool:
    """Return whether the right answer is another than the model's prediction."""
    return "answer" in trials


def _signal(task: dict[str, Any]) -> str:
    """The first of two answers that every trial offers; empty where there are no such two."""
    first: dict[str, Any] = next(iter(task.get("questions", [])), {})
    options = first.get("options")
    if first.get("kind", "choice") != "choice" or not isinstance(options, list):
        return ""
    first_option = options[0] if len(options) == 2 else ""
    if isinstance(first_option, dict):
        return str(next(iter(first_option.values())))
    return str(first_option)


def _warning() -> str:
    return (
        "Each item of this study has an answer of its own. Where other sections say “the model’s"
        " prediction”, read “the right answer”."
    )


def _sentence(chance: pd.DataFrame) -> str:
    parts = [
        f"{percent(row['mean'])} % {with_condition(row['condition'])}, where guessing gives"
        f" {percent(row['chance'])} % (difference {percent_interval(row['ci_low'], row['ci_high'])}"
        f" points, p {p_value(row['p_value'])})"
        for row in chance.to_dict("records")
    ]
    return f"Mean accuracy: {'; '.join(parts)}."


def _chance_table(chance: pd.DataFrame) -> Table:
    text = [
        {
            "Condition": condition_label(row["condition"]),
            "n": count(row["n_participants"]),
            "Right": f"{count(row['n_correct'])} of {count(row['n_trials'])}",
            "Exact 95 % CI (%)": percent_interval(row["exact_low"], row["exact_high"]),
            "Mean (%)": percent(row["mean"]),
            "Chance (%)": percent(row["chance"]),
            "Difference, 95 % CI": percent_interval(row["ci_low"], row["ci_high"]),
            "t": fixed(row["t"]),
            "p": p_value(row["p_value"]),
        }
        for row in chance.to_dict("records")
    ]
    return Table(
        "table_task",
        "Accuracy against chance",
        chance,
        pd.DataFrame(text),
        "Chance: one divided by the number of options of each trial, without “I just can’t tell”."
        " The exact interval (Clopper and Pearson) takes all answers as independent; difference, t"
        " and p are over participants.",
    )


def _measure_table(name: str, caption: str, found: pd.DataFrame, note: str) -> Table:
    text = [
        {
            "Condition": condition_label(row["condition"]),
            "Measure": MEASURES[row["measure"]],
            "n": count(row["n_participants"]),
            "Mean": fixed(row["mean"]),
            "95 % CI": interval(row["ci_low"], row["ci_high"]),
        }
        for row in found.to_dict("records")
    ]
    return Table(name, caption, found, pd.DataFrame(text), note, text_columns=2)
