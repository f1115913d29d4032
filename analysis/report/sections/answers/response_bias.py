"""Whether participants preferred a position in the list, or one wrong class."""

import pandas as pd

from analysis.data.labels import condition_label, listed, with_condition
from analysis.report.numbers import count, percent, percent_interval
from analysis.report.section import Section
from analysis.report.tables import Table
from analysis.statistics.answers.response_bias import distractor_shares, position_shares

# Rows of a condition in the report; the CSV file has all classes.
SHOWN = 8


def bias_section(trials: pd.DataFrame) -> Section:
    """Choices by position in the list, and by class where it was a distractor."""
    positions, distractors = position_shares(trials), distractor_shares(trials)
    return Section(
        title="Response bias (exploratory)",
        paragraphs=[_sentence(positions)],
        tables=[_position_table(positions), _distractor_table(distractors)],
        numbers={
            "positions": positions.to_dict("records"),
            "distractors": distractors.to_dict("records"),
        },
    )


def _sentence(positions: pd.DataFrame) -> str:
    parts = [
        f"from {percent(part['mean'].min())} % to {percent(part['mean'].max())} %"
        f" {with_condition(str(condition))} (n = {count(part['n_participants'].max())})"
        for condition, part in positions.groupby("condition", sort=True)
    ]
    if not parts:
        return "No participant chose a class."
    places = int(positions["position"].max())
    return (
        f"The {places} positions in the list of options received {listed(parts)} of the answers"
        f" each; even shares would be {percent(1 / places)} %."
    )


def _position_table(positions: pd.DataFrame) -> Table:
    text = [
        {
            "Condition": condition_label(str(row["condition"])),
            "Position": str(row["position"]),
            "n": count(row["n_participants"]),
            "Answers": count(row["n_chosen"]),
            "Share (%)": percent(row["mean"]),
            "95 % CI": percent_interval(row["ci_low"], row["ci_high"]),
        }
        for row in positions.to_dict("records")
    ]
    return Table(
        "table_positions",
        "Classes chosen, by position in the list",
        positions,
        pd.DataFrame(text),
        "Shares: means over participants with Wilson’s interval on the effective sample size,"
        " without “I just can’t tell”. The order is random in each trial: even shares mean no"
        " bias.",
        text_columns=2,
    )


def _distractor_table(distractors: pd.DataFrame) -> Table:
    ordered = distractors.sort_values(
        ["condition", "mean", "option"], ascending=[True, False, True]
    )
    shown = ordered.groupby("condition", sort=False).head(SHOWN)
    text = [
        {
            "Condition": condition_label(str(row["condition"])),
            "Class": str(row["option"]),
            "n": count(row["n_participants"]),
            "Offered": count(row["n_offered"]),
            "Chosen": count(row["n_chosen"]),
            "Share (%)": percent(row["mean"]),
            "95 % CI": percent_interval(row["ci_low"], row["ci_high"]),
        }
        for row in shown.to_dict("records")
    ]
    rest = len(ordered) > len(shown)
    return Table(
        "table_distractors",
        "Classes chosen where they were distractors",
        distractors,
        pd.DataFrame(text, columns=_DISTRACTOR_HEAD),
        "Distractors: options that are not the prediction or a true label. Shares: means over"
        " participants of the share of offers that they chose, with Wilson’s interval on the"
        " effective sample size."
        + (f" The {SHOWN} most chosen of each condition; the CSV file has all." if rest else ""),
        text_columns=2,
    )


_DISTRACTOR_HEAD = ["Condition", "Class", "n", "Offered", "Chosen", "Share (%)", "95 % CI"]
