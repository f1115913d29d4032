"""What the plan's tests found, in plain words, at the top of the report."""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import pandas as pd

from analysis.data.labels import capital, listed, where, with_condition
from analysis.data.published import are_published
from analysis.data.schema import STRATA, Row, rows_by
from analysis.data.scores import known_scores_of
from analysis.data.study_data import StudyData
from analysis.plan.plan import Plan
from analysis.report.numbers import count, p_value, percent, percent_interval
from analysis.report.sections.differences.guessing import offered
from analysis.report.sections.differences.pairs import pair_label
from analysis.report.sections.differences.robustness import exclusion_sentences
from analysis.report.sections.dropout import head_sentences
from analysis.report.sections.generalising.like_these import (
    credible,
    disagree,
    disagreement,
    estimate_of,
    estimates_for_images,
    interaction_sentences,
    paired_bootstraps,
)
from analysis.statistics.means.mean_tests import mean_difference, within_shares
from analysis.statistics.multiplicity import ADJUSTMENT_LABELS
from analysis.statistics.ranks.effect_sizes import Interval

# More tests than this get one sentence for each stratum; the table has the rest.
MOST_SENTENCES = 6
# The number of differences whose conditions such a sentence names.
MOST_NAMED = 3
# With fewer questions than this, a whole number of predictions would hide or inflate a difference.
FEW_QUESTIONS = 10
OWN_DATA = (
    "These are the scores of the published study itself, analysed again: what follows repeats its"
    " results and is no new evidence."
)
# The accuracy of a condition without answers.
NOBODY = {"mean": float("nan")}


@dataclass(frozen=True)
class Basis:
    """What the sentences are about: the numbers of all other sections."""

    study: StudyData
    plan: Plan
    accuracy: pd.DataFrame
    numbers: dict[str, Any]

    @property
    def is_published(self) -> bool:
        """Whether these are the scores of the published study."""
        return are_published(self.accuracy)

    @property
    def tests(self) -> list[Row]:
        """The plan's tests, of different participants and of the same ones."""
        found = [self.numbers.get(key, []) for key in ("tests", "paired_tests")]
        return [row for rows in found for row in rows if row["family"] == "declared"]


def summary(basis: Basis) -> list[str]:
    """One sentence for each of the plan's tests, or for each stratum where there are many.

    A study with one condition has no test: its sentences compare the accuracy with guessing.
    """
    rows = basis.tests
    if not rows:
        return [*_against_chance(basis), *_caveats(basis, rows)]
    if len(rows) > MOST_SENTENCES:
        return [*_by_stratum(basis, rows), *_caveats(basis, rows)]
    sentences = [_sentence(basis, row) for row in rows]
    return [
        *([OWN_DATA] if basis.is_published else []),
        *sentences,
        *interaction_sentences(basis.numbers),
        _how_tested(basis, rows),
        *_caveats(basis, rows),
    ]


def _caveats(basis: Basis, rows: list[Row]) -> Iterable[str]:
    """What exclusions change, and what those who dropped out could."""
    yield from exclusion_sentences(basis.numbers, basis.plan)
    yield from head_sentences(basis.numbers, rows)


def _how_tested(basis: Basis, rows: list[Row]) -> str:
    """Which tests the p-values are of, and how they are corrected."""
    sides = {row["alternative"] == "two-sided" for row in rows}
    kinds = [name for two, name in ((False, "one-sided"), (True, "two-sided")) if two in sides]
    names = sorted({_test_name(row) for row in rows})
    s = "s" if len(rows) > 1 else ""
    family = f", {corrected(basis.plan, len(rows))}" if len(rows) > 1 else ""
    return f"P-value{s} of {listed(kinds)} {listed(names)} test{s}{family}."


def _against_chance(basis: Basis) -> Iterable[str]:
    # Studies in blocks have another table of it, with each trial's own number of options.
    rows: list[Row] = basis.numbers.get("chance", [])
    cells = rows_by(basis.accuracy, "condition", "stratum")
    for row in rows:
        cell = cells.get((row["condition"], row["stratum"]))
        if cell is None:
            continue
        p = row["p_value"]
        why_not = "one score" if row["n_participants"] == 1 else "all scores are equal"
        test = f"not possible, {why_not}" if math.isnan(p) else f"p = {p_value(p)}"
        yield (
            f"{capital(where(row['stratum']))}, participants named its prediction in"
            f" {percent(cell['mean'])} % of the images {with_condition(row['condition'])} (95 % CI"
            f" {percent_interval(cell['ci_low'], cell['ci_high'])}; n ="
            f" {count(row['n_participants'])}), against"
            f" {percent(row['chance']).removesuffix('.0')} % by guessing among"
            f" {offered(basis.study)} (two-sided t test over participants: {test})."
        )


def _by_stratum(basis: Basis, rows: list[Row]) -> Iterable[str]:
    plan = basis.plan
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
            f" {corrected(plan, len(rows))}).{_extremes(basis, stratum)}{_for_others(basis, own)}"
        )
    yield "The tables of accuracy and of tests have all conditions and comparisons."


def _extremes(basis: Basis, stratum: str) -> str:
    """The conditions with the highest and the lowest accuracy, in words."""
    cells = basis.accuracy[basis.accuracy["stratum"] == stratum].dropna(subset=["mean"])
    if len(cells) < 2:
        return ""
    ranked = cells.sort_values("mean", kind="stable")
    best, worst = (
        f"{with_condition(row['condition'])} ({percent(row['mean'])} %)"
        for row in (ranked.iloc[-1], ranked.iloc[0])
    )
    return f" Participants named most predictions {best}, fewest {worst}."


def _for_others(basis: Basis, rows: list[Row]) -> str:
    """For how many pairs the intervals for images like these exclude 0, and where that differs."""
    pairs = [
        (row, difference(basis, row), other) for row in rows if (other := like_these(basis, row))
    ]
    if not pairs:
        return ""
    methods = sorted({method for _, _, (_, method) in pairs})
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
        f" {count(len(pairs))} differences ({listed(methods)}, uncorrected).{end}"
    )


def corrected(plan: Plan, n: int) -> str:
    """How p-values are corrected, such as `Holm-corrected for 6 tests`."""
    return f"{ADJUSTMENT_LABELS[plan.correction]}-corrected for {count(n)} tests"


def _sentence(basis: Basis, row: Row) -> str:
    these = difference(basis, row)
    return (
        f"{_in_plain_words(basis, row, these.estimate)}{_verdict(row, basis)}"
        f"{disagreement(these, like_these(basis, row))}"
    )


def like_these(basis: Basis, row: Row) -> tuple[Interval, str] | None:
    """The tested difference for images like these, with its method; None where there is none."""
    key = (row["stratum"], row["condition_a"], row["condition_b"])
    others = estimate_of(estimates_for_images(basis.numbers), *key)
    if not is_paired(row):
        return others
    these = difference(basis, row)
    drawn = estimate_of(paired_bootstraps(basis.numbers), *key)
    return credible(these, others) or credible(these, drawn)


def _in_plain_words(basis: Basis, row: Row, estimate: float) -> str:
    """Such as `Where ..., participants named about 4 more of 14 predictions with PV than ...`."""
    if not math.isfinite(estimate):
        return f"{capital(where(row['stratum']))}: "
    first, second = row["condition_a"], row["condition_b"]
    more, less = (first, second) if estimate > 0 else (second, first)
    cells = rows_by(basis.accuracy, "condition", "stratum")
    means = [percent(cells[name, row["stratum"]]["mean"]) for name in (more, less)]
    asked = _usually_asked(basis, row["stratum"])
    every = "" if asked >= FEW_QUESTIONS else "every "
    asked = max(asked, FEW_QUESTIONS)
    n = round(abs(estimate) * asked)
    amount = (
        f"about {count(n)} more of {every}{count(asked)} predictions {with_condition(more)} than"
        if n
        else f"about as many of {every}{count(asked)} predictions {with_condition(more)} as"
    )
    same = ", the same participants" if is_paired(row) else ""
    return (
        f"{capital(where(row['stratum']))}, participants named {amount}"
        f" {with_condition(less)} ({means[0]} and {means[1]} %{same}). "
    )


def _usually_asked(basis: Basis, stratum: str) -> int:
    """How many trials of a stratum most participants had in one condition."""
    scores = basis.study.scores
    return int(scores.loc[scores["stratum"] == stratum, "n_trials"].mode().iloc[-1])


def is_paired(row: Row) -> bool:
    """Whether a test compares the same participants."""
    return "n_pairs" in row


def _test_name(row: Row) -> str:
    return "Wilcoxon signed-rank" if is_paired(row) else "Mann–Whitney"


def difference(basis: Basis, row: Row) -> Interval:
    """The difference of means, of the same participants or of different ones."""
    if is_paired(row):
        ends = (row["difference_ci_low"], row["difference_ci_high"])
        return within_shares(Interval(row["mean_difference"], *ends))
    a, b = (
        known_scores_of(basis.study.scores, row[name], row["stratum"]).to_numpy()
        for name in ("condition_a", "condition_b")
    )
    return within_shares(mean_difference(a, b))


def _verdict(row: Row, basis: Basis) -> str:
    plan = basis.plan
    first, second = with_condition(row["condition_a"]), with_condition(row["condition_b"])
    claim = {
        "less": f"scores are lower {first} than {second}",
        "greater": f"scores are higher {first} than {second}",
        "two-sided": f"scores {first} differ from those {second}",
    }[row["alternative"]]
    subject = _whose_hypothesis(basis)
    if math.isnan(row["p_adjusted"]):
        return f"{subject} that {claim} could not be tested: too few answers."
    return f"{subject} that {claim} {outcome(row, plan)} (p = {p_value(row['p_adjusted'])})."


def _whose_hypothesis(basis: Basis) -> str:
    if basis.plan.is_declared:
        return "The declared hypothesis"
    return "The paper’s hypothesis" if basis.is_published else "Foresee’s default hypothesis"


def outcome(row: Row, plan: Plan) -> str:
    """What became of a test's hypothesis."""
    if math.isnan(row["p_adjusted"]):
        return "not tested"
    return "is supported" if row["p_adjusted"] < plan.alpha else "is not supported"
