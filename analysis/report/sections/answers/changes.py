"""What the explanation changes in answers given from the image alone; only in two-step studies."""

import pandas as pd

from analysis.data.labels import condition_label, stratum_label
from analysis.data.schema import FIRST_CORRECT
from analysis.report.numbers import count, percent, percent_interval
from analysis.report.section import Section
from analysis.report.tables import Table
from analysis.statistics.progress.changes import change_table

LABELS = {"gain": "Gain", "harm": "Harm", "switch": "Switch"}


def change_sections(trials: pd.DataFrame) -> list[Section]:
    """One section, or none where all trials have one step."""
    if FIRST_CORRECT not in trials or trials[FIRST_CORRECT].isna().all():
        return []
    numbers = change_table(trials)
    text = [
        {
            "Stratum": stratum_label(row["stratum"]),
            "Condition": condition_label(row["condition"]),
            "Change": LABELS[row["change"]],
            "n": count(row["n_participants"]),
            "% (95 % CI)": f"{percent(row['mean'])}"
            f" ({percent_interval(row['ci_low'], row['ci_high'])})",
        }
        for row in numbers.to_dict("records")
    ]
    table = Table(
        "table_changes",
        "Changes from the first answer, from the image alone, to the second, with the explanation",
        numbers,
        pd.DataFrame(text),
        "Gain: share of a participant’s wrong first answers that became correct. Harm: share of"
        " correct ones that became wrong. Switch: share of all answers that changed. Means over"
        " participants with such first answers (n), with Wilson’s interval on the effective sample"
        " size. A second look alone also changes answers: compare conditions.",
        text_columns=3,
    )
    return [
        Section(
            title="First and second answers (exploratory)",
            tables=[table],
            numbers={"changes": numbers.to_dict("records")},
        )
    ]
