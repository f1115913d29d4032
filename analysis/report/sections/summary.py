"""The declared findings in a sentence each, for the head of the report."""

import math
from typing import Any

from analysis.data.labels import capital, where, with_condition
from analysis.data.scores import scores_of
from analysis.plan.plan import Plan
from analysis.report.numbers import count, p_value, percent, percent_interval
from analysis.report.results import Results
from analysis.statistics.multiplicity import ADJUSTMENT_LABELS
from analysis.statistics.shifts import mean_difference


def summary(results: Results) -> list[str]:
    """One sentence for each declared test."""
    accuracy = results.accuracy.set_index(["condition", "stratum"])["mean"]
    tests = [section.numbers["tests"] for section in results.sections if "tests" in section.numbers]
    declared = [row for rows in tests for row in rows if row["family"] == "declared"]
    return [_sentence(results, row, accuracy) for row in declared]


def _sentence(results: Results, row: dict[str, Any], accuracy: Any) -> str:
    first, second, stratum = row["condition_a"], row["condition_b"], row["stratum"]
    means = [accuracy.get((name, stratum), float("nan")) for name in (first, second)]
    sizes = f"n = {count(row['n_a'])} and {count(row['n_b'])}"
    difference = mean_difference(
        *(scores_of(results.study.scores, name, stratum).to_numpy() for name in (first, second))
    )
    return (
        f"{capital(where(stratum))}, participants named its prediction in {percent(means[0])} % of"
        f" the images {with_condition(first)} and in {percent(means[1])} %"
        f" {with_condition(second)} (difference {percent(difference.estimate)}"
        " percentage points, 95 % CI"
        f" {percent_interval(difference.ci_low, difference.ci_high)}; {sizes})."
        f" {_verdict(row, results.plan)}"
    )


def _verdict(row: dict[str, Any], plan: Plan) -> str:
    first, second = with_condition(row["condition_a"]), with_condition(row["condition_b"])
    claim = {
        "less": f"scores are lower {first} than {second}",
        "greater": f"scores are higher {first} than {second}",
        "two-sided": f"scores {first} differ from those {second}",
    }[row["alternative"]]
    if math.isnan(row["p_adjusted"]):
        return f"The declared hypothesis that {claim} could not be tested, for want of answers."
    outcome = "is supported" if row["p_adjusted"] < plan.alpha else "is not supported"
    sides = "two-sided" if row["alternative"] == "two-sided" else "one-sided"
    label = ADJUSTMENT_LABELS[plan.correction]
    return (
        f"The declared hypothesis that {claim} {outcome} ({sides} Mann–Whitney test,"
        f" p = {p_value(row['p_adjusted'])}, {label}-corrected)."
    )
