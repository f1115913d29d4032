"""What the plan's tests found, at the top of the report."""

import math
from collections.abc import Iterable
from typing import Any

from analysis.data.labels import capital, listed, where, with_condition
from analysis.data.schema import STRATA, Row, rows_by
from analysis.data.scores import known_scores_of
from analysis.plan.plan import Plan
from analysis.report.numbers import count, p_value, percent, percent_interval
from analysis.report.results import Results
from analysis.report.sections.differences.pairs import pair_label
from analysis.report.sections.generalising.like_these import (
    both_intervals,
    disagree,
    disagreement,
    estimate_of,
    estimates_for_images,
    interaction_sentences,
)
from analysis.statistics.means.mean_tests import mean_difference, within_shares
from analysis.statistics.multiplicity import ADJUSTMENT_LABELS
from analysis.statistics.ranks.effect_sizes import Interval

# More tests than this get one sentence for each stratum; the table has the rest.
MOST_SENTENCES = 6
# The number of differences whose conditions such a sentence names.
MOST_NAMED = 3
# The accuracy of a condition without answers.
NOBODY = {"mean": float("nan")}


def summary(results: Results) -> list[str]:
    """One sentence for each of the plan's tests, or for each stratum where there are many.

    Each says the difference for these images, and for images like these where trials are known;
    then the interactions. A study with one condition has no test: its sentences compare the
    accuracy with guessing.
    """
    tests = [
        section.numbers[key]
        for key in ("tests", "paired_tests")
        for section in results.sections
        if key in section.numbers
    ]
    rows = [row for found in tests for row in found if row["family"] == "declared"]
    if not rows:
        return list(_against_chance(results))
    if len(rows) > MOST_SENTENCES:
        return list(_by_stratum(results, rows))
    numbers = _numbers(results)
    sentences = [_sentence(results, row, len(rows), numbers) for row in rows]
    return [*sentences, *interaction_sentences(numbers)]


def _numbers(results: Results) -> dict[str, Any]:
    return {name: found for part in results.sections for name, found in part.numbers.items()}


def _against_chance(results: Results) -> Iterable[str]:
    # Studies in blocks have another table of it, with each trial's own number of options.
    found = (part.numbers["chance"] for part in results.sections if "chance" in part.numbers)
    rows: list[Row] = next(found, [])
    cells = rows_by(results.accuracy, "condition", "stratum")
    for row in rows:
        cell = cells.get((row["condition"], row["stratum"]))
        if cell is None:
            continue
        p = row["p_value"]
        test = "not possible, all scores are equal" if math.isnan(p) else f"p = {p_value(p)}"
        yield (
            f"{capital(where(row['stratum']))}, participants named its prediction in"
            f" {percent(cell['mean'])} % of the images {with_condition(row['condition'])} (95 % CI"
            f" {percent_interval(cell['ci_low'], cell['ci_high'])}; n ="
            f" {count(row['n_participants'])}), against 25 % by guessing among four classes"
            f" (two-sided t test over participants: {test})."
        )


def _by_stratum(results: Results, rows: list[dict[str, Any]]) -> Iterable[str]:
    plan, numbers = results.plan, _numbers(results)
    for stratum in STRATA:
        own = [row for row in rows if row["stratum"] == stratum]
        if not own:
            continue
        found = sorted(
            (row for row in own if row["p_adjusted"] < plan.alpha), key=lambda row: row["p_value"]
        )
        names = sorted({_test_name(row) for row in own})
        pairs = [pair_label(row["condition_a"], row["condition_b"]) for row in found[:MOST_NAMED]]
        named = ""
        if found:
            which = ", with the smallest p for" if len(found) > MOST_NAMED else ":"
            named = f"{which} {listed(pairs)}"
        yield (
            f"{capital(where(stratum))}, {count(len(found))} of {count(len(own))} {plan.kind} tests"
            f" found a difference{named} ({listed(names)} tests at α = {plan.alpha:g},"
            f" {_corrected(plan, len(rows))}).{_for_others(results, own, numbers)}"
        )
    yield "The tables of accuracy and of tests have all conditions and comparisons."


def _for_others(results: Results, rows: list[dict[str, Any]], numbers: dict[str, Any]) -> str:
    """For how many pairs the intervals for images like these exclude 0, and where that differs."""
    found = estimates_for_images(numbers)
    pairs = [
        (row, _difference(results, row), other)
        for row in rows
        if (other := estimate_of(found, row["stratum"], row["condition_a"], row["condition_b"]))
    ]
    if not pairs:
        return ""
    n = sum(like.ci_low > 0 or like.ci_high < 0 for _, _, (like, _) in pairs)
    different = [
        pair_label(row["condition_a"], row["condition_b"])
        for row, these, (like, _) in pairs
        if disagree(these, like)
    ]
    end = ""
    if different:
        more = " and others" if len(different) > MOST_NAMED else ""
        end = (
            " The intervals for these images and for images like these disagree for"
            f" {listed(different[:MOST_NAMED])}{more}."
        )
    return (
        f" For images like these, the 95 % interval excludes 0 for {count(n)} of"
        f" {count(len(pairs))} differences ({pairs[0][2][1]}, uncorrected).{end}"
    )


def _corrected(plan: Plan, n: int) -> str:
    return f"{ADJUSTMENT_LABELS[plan.correction]}-corrected for {count(n)} tests"


def _sentence(results: Results, row: dict[str, Any], n_tests: int, numbers: dict[str, Any]) -> str:
    first, second, stratum = row["condition_a"], row["condition_b"], row["stratum"]
    cells = rows_by(results.accuracy, "condition", "stratum")
    means = [cells.get((name, stratum), NOBODY)["mean"] for name in (first, second)]
    sizes = f"n = {count(row['n_a'])} and {count(row['n_b'])}"
    if _is_paired(row):
        sizes = f"n = {count(row['n_pairs'])}, the same participants"
    these = _difference(results, row)
    others = estimate_of(estimates_for_images(numbers), stratum, first, second)
    return (
        f"{capital(where(stratum))}, participants named its prediction in {percent(means[0])} % of"
        f" the images {with_condition(first)} and in {percent(means[1])} %"
        f" {with_condition(second)} (difference {both_intervals(these, others)}; {sizes})."
        f" {_verdict(row, results.plan, n_tests)}{disagreement(these, others)}"
    )


def _is_paired(row: dict[str, Any]) -> bool:
    return "n_pairs" in row


def _test_name(row: dict[str, Any]) -> str:
    return "Wilcoxon signed-rank" if _is_paired(row) else "Mann–Whitney"


def _difference(results: Results, row: dict[str, Any]) -> Interval:
    """The difference of means, of the same participants or of different ones."""
    if _is_paired(row):
        ends = (row["difference_ci_low"], row["difference_ci_high"])
        return within_shares(Interval(row["mean_difference"], *ends))
    a, b = (
        known_scores_of(results.study.scores, row[name], row["stratum"]).to_numpy()
        for name in ("condition_a", "condition_b")
    )
    return within_shares(mean_difference(a, b))


def _verdict(row: dict[str, Any], plan: Plan, n_tests: int) -> str:
    first, second = with_condition(row["condition_a"]), with_condition(row["condition_b"])
    claim = {
        "less": f"scores are lower {first} than {second}",
        "greater": f"scores are higher {first} than {second}",
        "two-sided": f"scores {first} differ from those {second}",
    }[row["alternative"]]
    subject = "The declared hypothesis" if plan.is_declared else "Foresee’s default hypothesis"
    if math.isnan(row["p_adjusted"]):
        return f"{subject} that {claim} could not be tested: too few answers."
    outcome = "is supported" if row["p_adjusted"] < plan.alpha else "is not supported"
    sides = "two-sided" if row["alternative"] == "two-sided" else "one-sided"
    corrected = f", {_corrected(plan, n_tests)}" if n_tests > 1 else ""
    return (
        f"{subject} that {claim} {outcome} ({sides} {_test_name(row)} test,"
        f" p = {p_value(row['p_adjusted'])}{corrected})."
    )
