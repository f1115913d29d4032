"""Accuracy against guessing among the options that each trial offered."""

import pandas as pd

from analysis.data.labels import condition_label
from analysis.data.schema import BLOCK, Row
from analysis.report.numbers import count, fixed, p_value
from analysis.report.sections.within_person.cells import points
from analysis.report.tables import Table
from analysis.statistics.progress.blocks import above_own_chance

CHANCE_NOTE = (
    "Accuracy above guessing among the classes that each trial offered, “I just can’t tell” not"
    " counted, over images where the model was wrong and right together, in percentage points; a"
    " two-sided t test over participants, not corrected."
)


def chance_table(trials: pd.DataFrame) -> Table:
    """Each condition in each block against guessing among the options that were offered."""
    keys = ["condition", BLOCK] if BLOCK in trials else ["condition"]
    rows: list[Row] = []
    for key, part in trials.groupby(keys, observed=True):
        test = above_own_chance(part)
        found = test.difference
        rows.append(
            {
                **dict(zip(keys, map(str, key), strict=True)),
                "n_participants": part.loc[part["correct"].notna(), "participant_id"].nunique(),
                "above_chance": found.estimate,
                "ci_low": found.ci_low, "ci_high": found.ci_high,
                "t": test.statistic, "df": test.df, "p_value": test.pvalue,
            }
        )  # fmt: skip
    text = [
        {
            "Condition": condition_label(row["condition"]),
            "Block": row.get(BLOCK, ""),
            "n": count(row["n_participants"]),
            "Above guessing (95 % CI)": points(row["above_chance"], row["ci_low"], row["ci_high"]),
            "t": fixed(row["t"]),
            "p": p_value(row["p_value"]),
        }
        for row in rows
    ]
    return Table(
        "table_own_chance",
        "Accuracy against guessing among the options of each trial",
        pd.DataFrame(rows),
        pd.DataFrame(text),
        CHANCE_NOTE,
        2,
    )
