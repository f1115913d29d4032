"""Whether repeated questions got the same answer; only where the protocol repeats some."""

import pandas as pd

from analysis.data.labels import condition_label
from analysis.report.numbers import count, fixed, interval, percent, percent_interval
from analysis.report.section import Section
from analysis.report.tables import Table
from analysis.statistics.answers.retest import answer_pairs, retest_table

NOTE = (
    "Agreement: share of a participant’s repeated questions with the same answer as the first time,"
    " mean over participants with Wilson’s interval on the effective sample size. κ: Cohen’s kappa"
    " of all pairs of answers, 1 where all agree and 0 for as much as by chance; its interval is a"
    " jackknife’s over participants. First, second: share of the pairs in which that answer names"
    " the prediction. n: participants; repeats count in no other analysis."
)


def retest_sections(trials: pd.DataFrame, repeats: pd.DataFrame | None) -> list[Section]:
    """One section, or none where no repeated question was answered."""
    pairs = answer_pairs(trials, repeats) if repeats is not None else pd.DataFrame()
    if pairs.empty:
        return []
    numbers = retest_table(pairs)
    text = [
        {
            "Condition": condition_label(row["condition"]),
            "n": count(row["n_participants"]),
            "Pairs": count(row["n_pairs"]),
            "Agreement (95 % CI)": f"{percent(row['agreement'])}"
            f" ({percent_interval(row['ci_low'], row['ci_high'])})",
            "κ (95 % CI)": f"{fixed(row['kappa'])}"
            f" ({interval(row['kappa_ci_low'], row['kappa_ci_high'])})",
            "First (%)": percent(row["accuracy_first"]),
            "Second (%)": percent(row["accuracy_second"]),
        }
        for row in numbers.to_dict("records")
    ]
    caption = (
        "Repeated questions: the same participant’s answers to the same question (test-retest)"
    )
    table = Table("table_retest", caption, numbers, pd.DataFrame(text), NOTE)
    return [
        Section(
            title="Repeated questions (exploratory)",
            tables=[table],
            numbers={"retest": numbers.to_dict("records")},
        )
    ]
