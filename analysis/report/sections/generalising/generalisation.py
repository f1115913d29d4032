"""Whether the differences generalise to other participants and other images."""

import pandas as pd

from analysis.data.labels import stratum_label
from analysis.data.schema import Row
from analysis.data.study_data import StudyData
from analysis.report.numbers import count, fixed, interval, p_value, percent, percent_interval
from analysis.report.section import Section
from analysis.report.sections.differences.pairs import pair_label, pairs_of
from analysis.report.tables import Table
from analysis.statistics.means.bootstrap import two_way_bootstrap
from analysis.statistics.means.gee import (
    LIMITS,
    condition_effect,
    pooled_comparison,
)

POOLING = (
    "Trials are not independent: the answers of one participant resemble each other, and so do the"
    " answers to one image. No test in this report treats trials as independent; the design effect"
    " is the factor by which the variance would then be wrong."
)


def generalisation_section(study: StudyData, trials: pd.DataFrame) -> Section:
    """Two-way bootstrap, GEE and design effect of every pair of conditions."""
    rows = [
        _row(trials[trials["stratum"] == stratum], stratum, first, second)
        for stratum, first, second in pairs_of(study)
    ]
    table = _table(rows)
    return Section(
        title="Other intervals for participants and images as samples (exploratory)",
        paragraphs=[POOLING],
        tables=[table],
        numbers={"generalisation": table.numbers.to_dict("records")},
    )


def _row(trials: pd.DataFrame, stratum: str, first: str, second: str) -> dict[str, object]:
    effect = condition_effect(trials, first, second)
    pooled = pooled_comparison(trials, first, second)
    row: dict[str, object] = {
        "stratum": stratum, "condition_a": first, "condition_b": second,
        "n_participants": effect.n_participants, "n_trials": effect.n_trials,
        "difference": pooled.difference,
        "odds_ratio": effect.odds_ratio.estimate,
        "odds_ratio_ci_low": effect.odds_ratio.ci_low,
        "odds_ratio_ci_high": effect.odds_ratio.ci_high,
        "gee_error": effect.standard_error, "gee_df": effect.df,
        "gee_chi2": effect.statistic, "gee_p": effect.pvalue,
        "design_effect": pooled.design_effect,
    }  # fmt: skip
    drawn = two_way_bootstrap(trials, first, second)
    for name in ("both", "participants_only", "items_only"):
        ends = getattr(drawn, name)
        row |= {f"{name}_ci_low": ends.ci_low, f"{name}_ci_high": ends.ci_high}
    return row | {"resamples": drawn.resamples, "seed": drawn.seed}


def _table(rows: list[dict[str, object]]) -> Table:
    numbers = pd.DataFrame(rows)
    text = [
        {
            "Stratum": stratum_label(row["stratum"]),
            "Difference": pair_label(row["condition_a"], row["condition_b"]),
            "n": count(row["n_participants"]),
            "Answers": count(row["n_trials"]),
            "Of rates": percent(row["difference"]),
            **_bootstrap_text(row),
            "Odds ratio (95 % CI)": _odds(row),
            "p (GEE)": p_value(row["gee_p"]),
            "Design effect": fixed(row["design_effect"]),
        }
        for row in numbers.to_dict("records")
    ]
    return Table(
        "table_generalisation",
        "Differences with intervals for other participants, and for other participants and images",
        numbers,
        pd.DataFrame(text),
        f"{_bootstrap_note(numbers)}Of rates: share of all answers that name the prediction, first"
        " condition minus second, in percentage points. Odds ratio: of naming the prediction, first"
        " condition against second, by generalised estimating equations (GEE): logistic regression,"
        f" participants as clusters. {LIMITS} Design effect: variance with participants as the"
        " unit over that of independent answers. n: participants of both conditions.",
        text_columns=2,
    )


def _odds(row: Row) -> str:
    ends = interval(row["odds_ratio_ci_low"], row["odds_ratio_ci_high"])
    return f"{fixed(row['odds_ratio'])} ({ends})"


def _bootstrap_text(row: Row) -> dict[str, str]:
    return {
        "95 % CI, participants": percent_interval(
            row["participants_only_ci_low"], row["participants_only_ci_high"]
        ),
        "95 % CI, both": percent_interval(row["both_ci_low"], row["both_ci_high"]),
    }


def _bootstrap_note(numbers: pd.DataFrame) -> str:
    resamples = count(numbers["resamples"].iloc[0])
    return (
        f"95 % CI: bootstrap with {resamples} seeded resamples, of participants alone, and of both"
        " participants and images, which are drawn once for both conditions. Where images hardly"
        " differ the two are alike. "
    )
