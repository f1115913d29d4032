"""How large the differences are by several measures, and other tests of them."""

import math

import pandas as pd

from analysis.data.labels import capital, listed, stratum_label, where, with_condition
from analysis.data.schema import STRATA, Row
from analysis.data.scores import conditions_of, scores_of
from analysis.data.study_data import StudyData
from analysis.plan.plan import Plan
from analysis.report.numbers import count, fixed, interval, p_value, percent, percent_interval
from analysis.report.section import Section
from analysis.report.sections.differences.guessing import SMALLEST_P, chance_table
from analysis.report.sections.differences.pairs import pair_label, pairs_of
from analysis.report.sections.differences.several import several_sentence, several_table
from analysis.report.tables import Table
from analysis.statistics.means.mean_tests import equivalence, welch, within_shares
from analysis.statistics.means.permutation import RESAMPLES, permutation_test
from analysis.statistics.ranks.effect_sizes import cliffs_delta
from analysis.statistics.ranks.shifts import hodges_lehmann

UNCORRECTED = (
    "Exploratory results were not declared. Unless a table says so, their p-values are not"
    " corrected for their number, and each 95 % interval is for one value, not for all together."
    " Differences are computed from unrounded means."
)
ONE_CONDITION = (
    "Only one condition has answers, so conditions cannot be compared; accuracy is compared with"
    " guessing."
)
SHIFT_METHOD = (
    "interval by inverting the test of Brunner and Munzel, or the exact Mann–Whitney test for small"
    " samples without ties; conservative where scores have few values"
)


def estimates_section(study: StudyData, plan: Plan) -> Section:
    """Differences with intervals, two-sided tests with other assumptions, and guessing."""
    n = len(conditions_of(study.scores))
    if n < 2:
        chance = chance_table(study)
        return Section(
            title="Against guessing",
            paragraphs=[ONE_CONDITION],
            tables=[chance],
            numbers={"chance": chance.numbers.to_dict("records")},
        )
    tables = [_difference_table(study), chance_table(study)]
    differences = tables[0].numbers.to_dict("records")
    known = [row for row in differences if math.isfinite(row["mean_difference"])]
    sentences = [_difference_sentence(row) for row in known] if n == 2 else []
    if n > 2:
        tables.append(several_table(study))
        sentences.append(several_sentence(tables[-1]))
    if plan.equivalence_margin is not None:
        tables.append(_equivalence_table(study, plan.equivalence_margin))
        sentences.append(_equivalence_sentence(tables[-1]))
    return Section(
        title="Size of the differences (exploratory)",
        paragraphs=[UNCORRECTED, *sentences],
        tables=tables,
        numbers={
            table.name.removeprefix("table_"): table.numbers.to_dict("records") for table in tables
        },
    )


def _difference_table(study: StudyData) -> Table:
    rows, text = [], []
    for stratum, first, second in pairs_of(study, STRATA):
        a, b = (scores_of(study.scores, name, stratum).to_numpy() for name in (first, second))
        mean, shift = welch(a, b), hodges_lehmann(a, b)
        points = within_shares(mean.difference)
        language, shuffled = cliffs_delta(a, b).common_language, permutation_test(a, b)
        rows.append(
            {
                "stratum": stratum, "condition_a": first, "condition_b": second,
                "n_a": len(a), "n_b": len(b),
                "mean_difference": points.estimate,
                "mean_ci_low": points.ci_low, "mean_ci_high": points.ci_high,
                "welch_t": mean.statistic, "welch_df": mean.df, "welch_p": mean.pvalue,
                "shift": shift.estimate,
                "shift_ci_low": shift.ci_low, "shift_ci_high": shift.ci_high,
                "common_language": language.estimate,
                "common_language_ci_low": language.ci_low,
                "common_language_ci_high": language.ci_high,
                "permutation_p": shuffled.pvalue, "permutation_resamples": shuffled.resamples,
                "permutation_seed": shuffled.seed,
            }
        )  # fmt: skip
        text.append(_difference_text(rows[-1]))
    return Table(
        "table_differences",
        "Differences between conditions, two-sided",
        pd.DataFrame(rows),
        pd.DataFrame(text),
        "Differences, first condition minus second, in percentage points with 95 % intervals: of"
        " means (Welch’s t, missing where each condition’s scores are all equal), and the"
        " Hodges–Lehmann shift, the median over all pairs of one participant of each"
        f" ({SHIFT_METHOD}). CLES: common-language effect size, the probability that a random"
        " participant of the first condition scores higher than one of the second, ties as halves"
        " (interval of Cliff’s delta). n: participants of the first and of the second. All images:"
        " both kinds, in the proportion in which this study asked about them. Permutation"
        f" p: of the difference of means, over {count(RESAMPLES)} seeded arrangements, at least"
        f" {SMALLEST_P}.",
        text_columns=2,
    )


def _difference_sentence(row: Row) -> str:
    first, second = with_condition(row["condition_a"]), with_condition(row["condition_b"])
    test = (
        f"95 % CI {percent_interval(row['mean_ci_low'], row['mean_ci_high'])}; Welch’s"
        f" t({fixed(row['welch_df'], 1)}) = {fixed(row['welch_t'])}, p = {p_value(row['welch_p'])}"
        if math.isfinite(row["welch_p"])
        else "no interval, since scores are too few or all equal"
    )
    return (
        f"{capital(where(row['stratum']))}, the mean accuracy {first} minus that {second}"
        f" is {percent(row['mean_difference'])} percentage points"
        f" ({test}; n = {count(row['n_a'])} and {count(row['n_b'])})."
        f" A random participant {first} scores higher than one {second} in"
        f" {percent(row['common_language'], 0)} % of all pairs, ties counted as halves (95 % CI"
        f" {percent_interval(row['common_language_ci_low'], row['common_language_ci_high'], 0)})."
    )


def _difference_text(row: Row) -> dict[str, str]:
    language = interval(row["common_language_ci_low"], row["common_language_ci_high"])
    return {
        "Stratum": stratum_label(row["stratum"]),
        "Difference": pair_label(row["condition_a"], row["condition_b"]),
        "n": f"{count(row['n_a'])}, {count(row['n_b'])}",
        "Of means (95 % CI)": _points(row, "mean_difference", "mean"),
        "Welch p": p_value(row["welch_p"]),
        "Permutation p": p_value(row["permutation_p"]),
        "Shift (95 % CI)": _points(row, "shift", "shift"),
        "CLES (95 % CI)": f"{fixed(row['common_language'])} ({language})",
    }


def _points(row: Row, name: str, ends: str) -> str:
    low, high = row[f"{ends}_ci_low"], row[f"{ends}_ci_high"]
    return f"{percent(row[name])} ({percent_interval(low, high)})"


def _equivalence_sentence(table: Table) -> str:
    """Which differences are shown to be smaller than the margin."""
    rows = table.numbers.to_dict("records")
    margin = f"the plan’s margin of {100 * rows[0]['margin']:g} percentage points"
    small = [
        f"{pair_label(row['condition_a'], row['condition_b'])} {where(row['stratum'])}"
        for row in rows
        if -row["margin"] < row["ci90_low"] and row["ci90_high"] < row["margin"]
    ]
    if not small:
        return f"None of the {count(len(rows))} differences is shown to lie within {margin}."
    return f"Shown to lie within {margin}: {listed(small)}."


def _equivalence_table(study: StudyData, margin: float) -> Table:
    rows, text = [], []
    for stratum, first, second in pairs_of(study):
        a, b = (scores_of(study.scores, name, stratum).to_numpy() for name in (first, second))
        found = equivalence(a, b, margin)
        difference = within_shares(found.difference)
        low, high = difference.ci_low, difference.ci_high
        rows.append(
            {
                "stratum": stratum, "condition_a": first, "condition_b": second, "margin": margin,
                "n_a": len(a), "n_b": len(b), "difference": found.difference.estimate,
                "ci90_low": low, "ci90_high": high,
                "p_equivalence": found.pvalue, "p_a_no_worse": found.p_not_below,
                "p_b_no_worse": found.p_not_above,
            }
        )  # fmt: skip
        text.append(
            {
                "Stratum": stratum_label(stratum),
                "Difference": pair_label(first, second),
                "n": f"{count(len(a))}, {count(len(b))}",
                "Of means (90 % CI)": f"{percent(found.difference.estimate)}"
                f" ({percent_interval(low, high)})",
                "p (equivalent)": p_value(found.pvalue),
                "p (first no worse)": p_value(found.p_not_below),
                "p (second no worse)": p_value(found.p_not_above),
            }
        )
    return Table(
        "table_equivalence",
        f"Equivalence within {100 * margin:g} percentage points",
        pd.DataFrame(rows),
        pd.DataFrame(text),
        "Two one-sided Welch tests (TOST); conditions are equivalent at 5 % where the 90 % interval"
        " lies within the margin. First no worse: the first condition is below the second by less"
        " than the margin. The plan declares the margin; p-values are not corrected for their"
        " number.",
        text_columns=2,
    )
