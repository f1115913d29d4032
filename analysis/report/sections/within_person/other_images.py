"""Differences within participants, with images as a sample, too."""

from itertools import combinations
from typing import Any

import pandas as pd

from analysis.data.labels import INTERACTION, stratum_label
from analysis.data.schema import ASKED_STRATA, Row
from analysis.data.scores import conditions_of
from analysis.data.study_data import StudyData
from analysis.report.numbers import count
from analysis.report.sections.differences.pairs import pair_label, pairs_of
from analysis.report.sections.within_person.cells import points
from analysis.report.tables import Table
from analysis.statistics.means.bootstrap import (
    TwoWayBootstrap,
    paired_interaction_bootstrap,
    paired_two_way_bootstrap,
)

NOTE = (
    "Share of answers that name the prediction, first condition minus second, in percentage points,"
    " of the participants with answers in both conditions (n). Bootstrap with {resamples} seeded"
    " resamples: a participant is drawn with their answers in both conditions, an image once for"
    " both. Where images hardly differ, the two intervals are alike. A participant with more"
    " answers counts more than in the means of participants’ accuracies. {interaction}: how much"
    " larger the difference is where the model was wrong.{few}"
)
# Fewer images than this say little of what others would show.
FEW_IMAGES = 10
FEW = " So few images say little of what others would show, however narrow their interval."


def other_images_tables(study: StudyData, trials: pd.DataFrame) -> list[Table]:
    """The two-way bootstrap of each pair of conditions that the same participants see, if any."""
    rows = [
        _row(trials[trials["stratum"] == stratum], stratum, first, second)
        for stratum, first, second in pairs_of(study)
        if study.design.are_paired(first, second)
    ]
    rows += [
        _interaction(trials, first, second)
        for first, second in combinations(conditions_of(study.scores), 2)
        if study.design.are_paired(first, second)
        and trials["stratum"].isin(ASKED_STRATA).any()
        and trials["stratum"].nunique() == len(ASKED_STRATA)
    ]
    if not rows:
        return []
    few = FEW if min(row["n_items"] for row in rows) < FEW_IMAGES else ""
    resamples = count(rows[0]["resamples"])
    text = [
        {
            "Stratum": stratum_label(row["stratum"]),
            "Difference": pair_label(row["condition_a"], row["condition_b"]),
            "n": count(row["n_participants"]),
            "Images": count(row["n_items"]),
            "Other participants (95 % CI)": points(
                row["difference"], row["participants_only_ci_low"], row["participants_only_ci_high"]
            ),
            "Other participants and images (95 % CI)": points(
                row["difference"], row["both_ci_low"], row["both_ci_high"]
            ),
        }
        for row in rows
    ]
    return [
        Table(
            "table_paired_bootstrap",
            "Differences within participants for these images, and for images like these",
            pd.DataFrame(rows),
            pd.DataFrame(text),
            NOTE.format(resamples=resamples, interaction=INTERACTION, few=few),
            2,
        )
    ]


def _interaction(trials: pd.DataFrame, first: str, second: str) -> Row:
    drawn = paired_interaction_bootstrap(trials, first, second)
    return _as_row(trials, INTERACTION, first, second, drawn)


def _row(trials: pd.DataFrame, stratum: str, first: str, second: str) -> Row:
    drawn = paired_two_way_bootstrap(trials, first, second)
    return _as_row(trials, stratum, first, second, drawn)


def _as_row(
    trials: pd.DataFrame, stratum: str, first: str, second: str, drawn: TwoWayBootstrap
) -> Row:
    own = trials[trials["condition"].isin([first, second]) & trials["correct"].notna()]
    seen = own.drop_duplicates(["participant_id", "condition"])["participant_id"].value_counts()
    row: dict[str, Any] = {
        "stratum": stratum, "condition_a": first, "condition_b": second,
        "n_participants": int((seen == 2).sum()), "n_items": own["item"].nunique(),
        "difference": drawn.both.estimate,
    }  # fmt: skip
    for name in ("both", "participants_only", "items_only"):
        ends = getattr(drawn, name)
        row |= {f"{name}_ci_low": ends.ci_low, f"{name}_ci_high": ends.ci_high}
    return row | {"resamples": drawn.resamples, "seed": drawn.seed}
