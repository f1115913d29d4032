"""What participants chose, and "I just can't tell" under three treatments."""

from collections.abc import Iterator

import numpy as np
import pandas as pd

from analysis.data.labels import (
    answer_label,
    capital,
    condition_label,
    listed,
    stratum_label,
    where,
    with_condition,
)
from analysis.data.schema import rows_by
from analysis.data.scores import conditions_of, known_scores_of, paired_scores
from analysis.data.study_data import StudyData
from analysis.report.figures.plots import answer_bars
from analysis.report.numbers import count, p_value, percent, percent_interval, plus_minus
from analysis.report.section import Illustration, Section
from analysis.report.sections.differences.pairs import pair_label, pairs_of
from analysis.report.tables import Table
from analysis.statistics.answers.answers import KINDS, TREATMENTS, answer_shares, treated_scores
from analysis.statistics.means.mean_tests import mean_difference, within_shares
from analysis.statistics.means.paired import paired_difference
from analysis.statistics.ranks.mann_whitney import mann_whitney
from analysis.statistics.ranks.signed_ranks import signed_ranks

TREATMENT_LABELS = {
    "wrong": "Counted as wrong",
    "left_out": "Left out",
    "credited": "Credited as a guess",
}


def answers_section(study: StudyData, trials: pd.DataFrame) -> Section:
    """Composition of the answers, and sensitivity to "I just can't tell"."""
    shares = answer_shares(trials)
    caption = "What participants chose: mean shares over participants."
    tables, paragraphs = [_share_table(shares)], [_projection(shares)]
    if len(conditions_of(study.scores)) > 1 and (trials["cant_tell"] == 1).any():
        tables.append(_treatment_table(study, trials))
        paragraphs += _what_treatments_change(tables[-1].numbers)
    return Section(
        title="What participants answered (exploratory)",
        paragraphs=paragraphs,
        tables=tables,
        figures=[
            Illustration(
                "figure_answers", caption, f"{caption} {_projection(shares)}", answer_bars(shares)
            )
        ],
        numbers={
            table.name.removeprefix("table_"): table.numbers.to_dict("records") for table in tables
        },
    )


def _projection(shares: pd.DataFrame) -> str:
    cells = shares[(shares["stratum"] == "model_wrong") & (shares["answer"] == "truth")]
    parts = [
        f"{with_condition(row['condition'])} in {percent(row['mean'])} % of the answers"
        f" (95 % CI {percent_interval(row['ci_low'], row['ci_high'])},"
        f" n = {count(row['n_participants'])})"
        for row in cells.to_dict("records")
    ]
    if not parts:
        return "No answers where the model was wrong."
    return (
        "Where the model was wrong, participants named what the image really shows, as if the model"
        f" saw it too (projection): {listed(parts)}."
    )


def _share_table(shares: pd.DataFrame) -> Table:
    cells = rows_by(shares, "stratum", "condition", "answer")
    text = []
    for stratum in ("model_wrong", "model_right"):
        for condition in sorted(shares.loc[shares["stratum"] == stratum, "condition"].unique()):
            first = cells[stratum, condition, KINDS[0]]
            row = {
                "Stratum": stratum_label(stratum),
                "Condition": condition_label(condition),
                "n": count(first["n_participants"]),
            }
            for kind in KINDS:
                cell = cells[stratum, condition, kind]
                row[capital(answer_label(kind))] = plus_minus(cell["mean"], cell["standard_error"])
            text.append(row)
    return Table(
        "table_answers",
        "Shares of the answers, in percent ± standard error",
        shares,
        pd.DataFrame(text),
        "Means over n participants. Where the model was right, its prediction is a true label and"
        " counts as the prediction; “a true label” is then another one of the image’s.",
        text_columns=2,
    )


def _treatment_table(study: StudyData, trials: pd.DataFrame) -> Table:
    rows, text = [], []
    for treatment in TREATMENTS:
        scores = treated_scores(trials, treatment)
        for stratum, first, second in pairs_of(study):
            paired = study.design.are_paired(first, second)
            a, b = _two_samples(scores, stratum, first, second, paired)
            test = signed_ranks(a, b) if paired else mann_whitney(a, b)
            means = [float(group.mean()) if len(group) else float("nan") for group in (a, b)]
            difference = within_shares((paired_difference if paired else mean_difference)(a, b))
            rows.append(
                {
                    "treatment": treatment, "stratum": stratum,
                    "condition_a": first, "condition_b": second, "n_a": len(a), "n_b": len(b),
                    "mean_a": means[0], "mean_b": means[1],
                    "difference": difference.estimate, "ci_low": difference.ci_low,
                    "ci_high": difference.ci_high,
                    "w_statistic" if paired else "u_statistic": test.statistic, "z": test.z,
                    "p_value": test.pvalue, "method": test.method,
                }
            )  # fmt: skip
            text.append(
                {
                    "“Can’t tell”": TREATMENT_LABELS[treatment],
                    "Stratum": stratum_label(stratum),
                    "Conditions": pair_label(first, second).replace("−", "and"),
                    "n": count(len(a)) if paired else f"{count(len(a))}, {count(len(b))}",
                    "Accuracy (%)": f"{percent(means[0])}, {percent(means[1])}",
                    "Difference (95 % CI)": f"{percent(difference.estimate)}"
                    f" ({percent_interval(difference.ci_low, difference.ci_high)})",
                    "p": p_value(test.pvalue),
                }
            )
    return Table(
        "table_cant_tell",
        "Accuracy under three treatments of “I just can’t tell”",
        pd.DataFrame(rows),
        pd.DataFrame(text),
        f"Difference: of means, first minus second, in percentage points with {_method(study)}. The"
        " plan’s tests count “I just can’t tell” as wrong. Credited as a guess: with one divided by"
        " the number of classes that the trial offered.",
        text_columns=3,
    )


def _what_treatments_change(numbers: pd.DataFrame) -> Iterator[str]:
    """Of which differences the intervals say otherwise about 0 under another treatment."""
    numbers = numbers.dropna(subset=["ci_low", "ci_high"])
    excludes = (numbers["ci_low"] > 0) | (numbers["ci_high"] < 0)
    found = numbers.assign(excludes=excludes).pivot(
        index=["stratum", "condition_a", "condition_b"], columns="treatment", values="excludes"
    )
    changed = found[found.nunique(axis=1) > 1].index
    if not len(changed):
        if len(found) > 1:
            several = "both" if len(found) == 2 else f"all {count(len(found))}"
            yield (
                f"Under all three treatments of “I just can’t tell”, the intervals of {several}"
                " differences agree on whether they exclude 0."
            )
        return
    named = [f"{pair_label(first, second)} {where(stratum)}" for stratum, first, second in changed]
    yield (
        "Whether the 95 % interval of a difference excludes 0 depends on how “I just can’t tell”"
        f" counts for {count(len(changed))} of {count(len(found))} differences: {listed(named)}."
    )


def _method(study: StudyData) -> str:
    """How pairs are compared, of the same or of different participants."""
    different = "Welch’s interval. p: two-sided Mann–Whitney test"
    same = "a bootstrap interval over participants. p: two-sided Wilcoxon signed-rank test"
    if not study.design.shared:
        return different
    paired = {study.design.are_paired(first, second) for _, first, second in pairs_of(study)}
    if False not in paired:
        return same
    return f"{different}; of the same participants (one n), with {same}"


def _two_samples(
    scores: pd.DataFrame, stratum: str, first: str, second: str, paired: bool
) -> tuple[np.ndarray, np.ndarray]:
    if paired:
        return paired_scores(scores, first, second, stratum)
    a, b = (known_scores_of(scores, name, stratum).to_numpy() for name in (first, second))
    return a, b
