"""Accuracy by condition and stratum: table 1 and figure 6 of the paper."""

from collections.abc import Iterator

import pandas as pd

from analysis.data.labels import (
    capital,
    condition_label,
    listed,
    stratum_label,
    where,
    with_condition,
)
from analysis.data.schema import ALL, ASKED_STRATA, STRATA, Row, rows_by
from analysis.data.scores import conditions_of, scores_of
from analysis.data.study_data import StudyData
from analysis.report.figures.accuracy import accuracy_dots
from analysis.report.figures.plots import score_histograms
from analysis.report.numbers import (
    DASH,
    count,
    participants,
    percent,
    percent_interval,
    plus_minus,
)
from analysis.report.section import Illustration, Section
from analysis.report.tables import Table

INTERVAL = "95 % CI"


def accuracy_section(study: StudyData, accuracy: pd.DataFrame) -> Section:
    """How often participants named the model's prediction."""
    overview = (
        "Accuracy of each participant and of each condition. The larger a circle, the more"
        " participants have that accuracy; diamonds are means over participants with 95 %"
        " intervals."
    )
    dots = Illustration(
        "figure_accuracy",
        overview,
        f"{overview} {' '.join(_sentences(accuracy))}",
        accuracy_dots(study.scores, accuracy),
    )
    return Section(
        title="Accuracy",
        tables=[accuracy_as_table(accuracy)],
        figures=[dots],
        numbers={"accuracy": accuracy.to_dict("records")},
    )


def scores_section(study: StudyData, accuracy: pd.DataFrame) -> Section:
    """How many participants named how many predictions, and the means in words."""
    caption = (
        "Participants by the number of predictions they named, where the model was wrong (left)"
        f" and where it was right (right).{_unequal(study.scores)}"
    )
    histograms = Illustration(
        "figure_scores",
        caption,
        f"{caption} {' '.join(_sentences(accuracy))}",
        score_histograms(study.scores),
    )
    return Section(
        title="Distribution of scores",
        paragraphs=list(_spread(study.scores)),
        figures=[histograms],
    )


def _spread(scores: pd.DataFrame) -> Iterator[str]:
    """Median and quartiles of each stratum, and who is at its floor or ceiling."""
    for stratum in ASKED_STRATA:
        named = [
            f"{percent(float(own.median()))} % {with_condition(condition)} (quartiles"
            f" {percent(float(own.quantile(0.25)))} to {percent(float(own.quantile(0.75)))}; of"
            f" {participants(len(own), 0)}, {count((own == 0).sum())} named none and"
            f" {count((own == 1).sum())} all)"
            for condition in conditions_of(scores)
            if len(own := scores_of(scores, condition, stratum))
        ]
        if named:
            yield f"{capital(where(stratum))}, the median accuracy was {listed(named)}."


def _unequal(scores: pd.DataFrame) -> str:
    """Words for counts that are out of different numbers of questions, if they are."""
    asked = scores[scores["stratum"].isin(ASKED_STRATA)].groupby("stratum")["n_trials"]
    if (asked.nunique() < 2).all():
        return ""
    return (
        " Some were asked fewer of these questions than others, so that fewer predictions may mean"
        " fewer questions; the figure of accuracies shows shares."
    )


def accuracy_as_table(accuracy: pd.DataFrame) -> Table:
    """One row per condition; mean ± standard error and interval of each stratum."""
    cells = rows_by(accuracy, "condition", "stratum")
    rows = []
    for condition in accuracy["condition"].unique():
        row = {
            "Condition": condition_label(condition),
            "n": count(cells[condition, ALL]["n_participants"]),
        }
        for place, stratum in enumerate(STRATA):
            # Names of columns must differ; trailing spaces do not show.
            column = INTERVAL + " " * place
            row[stratum_label(stratum)], row[column] = _cell(cells.get((condition, stratum)))
        rows.append(row)
    return Table(
        "table_accuracy",
        "How often participants named the model’s prediction, in percent",
        accuracy,
        pd.DataFrame(rows),
        "Mean over participants ± standard error of the mean, with Wilson’s interval on the"
        " effective sample size, which stays between 0 and 100 %. n: participants.",
    )


def _cell(cell: Row | None) -> tuple[str, str]:
    if cell is None:
        return DASH, DASH
    return (
        plus_minus(cell["mean"], cell["standard_error"]),
        percent_interval(cell["ci_low"], cell["ci_high"]),
    )


def _sentences(accuracy: pd.DataFrame) -> list[str]:
    """The means of each stratum with their intervals."""
    sentences = []
    for stratum in ASKED_STRATA:
        cells = accuracy[accuracy["stratum"] == stratum].to_dict("records")
        named = [
            f"in {percent(row['mean'])} %{' of the images' if place == 0 else ''}"
            f" {with_condition(row['condition'])}"
            f" ({INTERVAL} {percent_interval(row['ci_low'], row['ci_high'])},"
            f" n = {count(row['n_participants'])})"
            for place, row in enumerate(cells)
        ]
        if named:
            sentences.append(
                f"{capital(where(stratum))}, participants named its prediction on average"
                f" {listed(named)}."
            )
    return sentences
