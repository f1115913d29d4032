"""What a study in blocks shows: paired tests, blocks in their order, gains, and guessing."""

from itertools import combinations, pairwise

import pandas as pd

from analysis.data.designs import Design
from analysis.data.labels import condition_label, hypothesis, stratum_label
from analysis.data.schema import ALL, BLOCK, STRATA, Row
from analysis.data.study_data import StudyData
from analysis.plan.execution import are_paired, run_tests
from analysis.plan.plan import Plan
from analysis.report.numbers import count, fixed, interval, p_value, percent, percent_interval
from analysis.report.section import Section
from analysis.report.tables import Table
from analysis.statistics.means.mean_tests import welch, within_shares
from analysis.statistics.means.paired import difference_of_differences, paired_difference
from analysis.statistics.multiplicity import ADJUSTMENT_LABELS
from analysis.statistics.progress.blocks import above_own_chance, block_scores, block_table, gains
from analysis.statistics.progress.order_effect import order_effect
from analysis.statistics.ranks.effect_sizes import cliffs_delta
from analysis.statistics.ranks.mann_whitney import mann_whitney
from analysis.statistics.ranks.signed_ranks import signed_ranks

PAIRED_NOTE = (
    "H₁: the hypothesis that a small p supports, one-sided for < or >; Acc: accuracy. n:"
    " participants with both scores. W: the sum of the ranks of the differences in favour of the"
    " first condition, ties as midranks; participants without a difference are left out. r: the"
    " matched-pairs rank-biserial correlation, above 0 where the first scores higher, with an"
    " interval by Fisher’s z. Difference: first minus second in percentage points, with a bootstrap"
    " interval over participants. Corrected p account for all tests of the plan’s family."
)
BLOCK_NOTE = (
    "Mean over participants, with Wilson’s interval on the effective sample size. n: participants."
)
GAIN_NOTE = (
    "Accuracy in the later block minus that in the earlier one, in percentage points, with a"
    " bootstrap interval over participants; W, p and r as in Wilcoxon’s signed-rank test, two-sided"
    " and not corrected for their number. Blocks may differ in their images and their pictures."
)
GROUP_NOTE = (
    "Different participants, by what they were assigned to, whatever the block shows. Difference of"
    " means in percentage points with Welch’s interval; U and p of two-sided Mann–Whitney tests,"
    " which are not corrected for their number; δ: Cliff’s delta."
)
CHANGE_NOTE = (
    "The change of the first group minus that of the second, in percentage points, with a bootstrap"
    " interval over participants, drawn within groups; p of Welch’s t test of the participants’"
    " changes, two-sided and not corrected."
)
ORDER_NOTE = (
    "Participants by the condition that they saw first: their mean accuracy over both blocks, first"
    " group minus second, in percentage points, with Welch’s interval and t test, two-sided and not"
    " corrected. Orders differ where what was seen first affects what follows (sequence by"
    " period). The test has little power and decides nothing about the others."
)
CHANCE_NOTE = (
    "Accuracy above guessing among the classes that each trial offered, “I just can’t tell” not"
    " counted, in percentage points; a two-sided t test over participants, not corrected."
)

THESE_IMAGES = (
    "The results of this section apply to the images of the study; the mixed model says what"
    " applies to images like these. The tables by block show practice."
)


def within_person_section(study: StudyData, trials: pd.DataFrame, plan: Plan) -> Section:
    """Comparisons within participants, and what the blocks show in their order."""
    tables = _paired_tables(study, plan)
    if BLOCK in trials and study.participants is not None:
        tables += _block_tables(trials, study.participants, study.design)
    tables.append(_chance_table(trials))
    return Section(
        title="Within participants, block by block",
        paragraphs=[_introduction(plan, tables)],
        tables=tables,
        numbers={
            table.name.removeprefix("table_"): table.numbers.to_dict("records") for table in tables
        },
    )


def _introduction(plan: Plan, tables: list[Table]) -> str:
    declared = "declared" if plan.is_declared else "default"
    compared = any(table.name == "table_paired_tests" for table in tables)
    tests = (
        f" The {declared} tests compare each participant’s accuracies in two conditions."
        if compared
        else ""
    )
    return (
        "Participants of this study saw several blocks of questions one after another."
        f"{tests} All tables but that of the tests are exploratory. {THESE_IMAGES}"
    )


def _paired_tables(study: StudyData, plan: Plan) -> list[Table]:
    tests = run_tests(study.scores, plan, study.design)
    paired = tests[are_paired(tests)]
    if paired.empty:
        return []
    label = ADJUSTMENT_LABELS[plan.correction]
    rows = [
        {
            "Stratum": stratum_label(row["stratum"]),
            "H₁": hypothesis(row["condition_a"], row["condition_b"], row["alternative"]),
            "n": count(row["n_pairs"]),
            "W": fixed(row["w_statistic"], 1),
            "p": p_value(row["p_value"]),
            f"p ({label})": p_value(row["p_adjusted"]),
            "r": fixed(row["rank_biserial"]),
            "95 % CI of r": interval(row["ci_low"], row["ci_high"]),
            "Difference (95 % CI)": _points(
                row["mean_difference"], row["difference_ci_low"], row["difference_ci_high"]
            ),
        }
        for row in paired.to_dict("records")
    ]
    methods = "; ".join(sorted(set(paired["method"])))
    source = f"from {plan.origin}" if plan.is_declared else "Foresee’s default tests"
    return [
        Table(
            "table_paired_tests",
            f"Conditions compared within participants, {source}; α = {plan.alpha:g}",
            paired.drop(columns=["u_statistic", "cliffs_delta", "common_language"]),
            pd.DataFrame(rows),
            f"{PAIRED_NOTE} Method: {methods}.",
            2,
        )
    ]


def _block_tables(trials: pd.DataFrame, participants: pd.DataFrame, design: Design) -> list[Table]:
    """The learning curve, the gain from each block to the next, and how groups differ in it."""
    scores = block_scores(trials, design.blocks)
    assigned = participants.set_index(participants["participant_id"].astype(str))["condition"]
    groups = design.own_of(assigned)
    tables = [_curve(scores, groups)]
    if groups.nunique() > 1:
        tables.append(_group_table(scores, groups))
    steps = list(pairwise(design.blocks))
    if len(design.blocks) > 2:
        steps.append((design.blocks[0], design.blocks[-1]))
    if not steps:
        return tables
    tables.append(_gain_table(scores, groups, steps))
    tables += _order_effect_tables(trials)
    if groups.nunique() > 1:
        tables.append(_change_table(scores, groups, steps))
    return tables


def _curve(scores: pd.DataFrame, groups: "pd.Series[str]") -> Table:
    numbers = block_table(scores, groups)
    text = [
        {
            "Group": _group_label(row["group"]),
            "Block": row["block"],
            "n": count(row["n_participants"]),
            "Accuracy": percent(row["mean"]),
            "95 % CI": percent_interval(row["ci_low"], row["ci_high"]),
        }
        for row in numbers.to_dict("records")
    ]
    caption = "Accuracy in each block, in their order, in percent"
    return Table("table_blocks", caption, numbers, pd.DataFrame(text), BLOCK_NOTE, 2)


def _group_table(scores: pd.DataFrame, groups: "pd.Series[str]") -> Table:
    """Each block in each pair of groups: different participants, by what they were assigned to."""
    of = groups.reindex(scores.index)
    rows = []
    for block in scores.columns:
        for first, second in combinations(sorted(of.dropna().unique()), 2):
            a, b = (scores.loc[of == name, block].to_numpy(dtype=float) for name in (first, second))
            mean, delta = within_shares(welch(a, b).difference), cliffs_delta(a, b).delta
            rows.append(
                {
                    "block": block, "group_a": first, "group_b": second,
                    **mann_whitney(a, b).as_row(),
                    "mean_difference": mean.estimate,
                    "mean_ci_low": mean.ci_low, "mean_ci_high": mean.ci_high,
                    "cliffs_delta": delta.estimate,
                    "ci_low": delta.ci_low, "ci_high": delta.ci_high,
                }
            )  # fmt: skip
    text = [
        {
            "Block": row["block"],
            "Groups": f"{_group_label(row['group_a'])} − {_group_label(row['group_b'])}",
            "n": f"{count(row['n_a'])}, {count(row['n_b'])}",
            "Difference (95 % CI)": _points(
                row["mean_difference"], row["mean_ci_low"], row["mean_ci_high"]
            ),
            "U": fixed(row["u_statistic"], 1),
            "p": p_value(row["p_value"]),
            "δ (95 % CI)": f"{fixed(row['cliffs_delta'])} "
            f"({interval(row['ci_low'], row['ci_high'])})",
        }
        for row in rows
    ]
    caption = "Groups compared in each block"
    return Table(
        "table_block_groups", caption, pd.DataFrame(rows), pd.DataFrame(text), GROUP_NOTE, 2
    )


def _gain_table(
    scores: pd.DataFrame, groups: "pd.Series[str]", steps: list[tuple[str, str]]
) -> Table:
    of = groups.reindex(scores.index)
    rows = []
    for group in sorted(of.dropna().unique()):
        for before, after in steps:
            later, earlier = (
                scores.loc[of == group, name].to_numpy(dtype=float) for name in (after, before)
            )
            test, gain = signed_ranks(later, earlier), paired_difference(later, earlier)
            names = {"group": group, "before": before, "after": after}
            ends = {"gain": gain.estimate, "gain_ci_low": gain.ci_low, "gain_ci_high": gain.ci_high}
            rows.append(names | ends | test.as_row())
    text = [
        {
            "Group": _group_label(row["group"]),
            "From … to": f"{row['before']} → {row['after']}",
            "n": count(row["n"]),
            "Gain (95 % CI)": _points(row["gain"], row["gain_ci_low"], row["gain_ci_high"]),
            "W": fixed(row["w_statistic"], 1),
            "p": p_value(row["p_value"]),
            "r (95 % CI)": f"{fixed(row['rank_biserial'])} "
            f"({interval(row['ci_low'], row['ci_high'])})",
        }
        for row in rows
    ]
    caption = "Change of accuracy from one block to another"
    return Table("table_gains", caption, pd.DataFrame(rows), pd.DataFrame(text), GAIN_NOTE, 2)


def _change_table(
    scores: pd.DataFrame, groups: "pd.Series[str]", steps: list[tuple[str, str]]
) -> Table:
    """The difference of differences of each pair of groups."""
    of = groups.reindex(scores.index)
    rows = []
    for first, second in combinations(sorted(of.dropna().unique()), 2):
        for before, after in steps:
            a, b = (gains(scores[of == name], before, after) for name in (first, second))
            found, test = difference_of_differences(a, b), welch(a, b)
            rows.append(
                {
                    "group_a": first, "group_b": second, "before": before, "after": after,
                    "difference": found.estimate,
                    "ci_low": found.ci_low, "ci_high": found.ci_high,
                    "welch_t": test.statistic, "welch_df": test.df, "welch_p": test.pvalue,
                }
            )  # fmt: skip
    text = [
        {
            "Groups": f"{_group_label(row['group_a'])} − {_group_label(row['group_b'])}",
            "From … to": f"{row['before']} → {row['after']}",
            "Difference of changes (95 % CI)": _points(
                row["difference"], row["ci_low"], row["ci_high"]
            ),
            "p": p_value(row["welch_p"]),
        }
        for row in rows
    ]
    caption = "How groups differ in their change"
    return Table("table_changes", caption, pd.DataFrame(rows), pd.DataFrame(text), CHANGE_NOTE, 2)


def _order_effect_tables(trials: pd.DataFrame) -> list[Table]:
    """The orders of two conditions compared, in each stratum and over both."""
    rows: list[Row] = []
    for stratum in STRATA:
        own = trials if stratum == ALL else trials[trials["stratum"] == stratum]
        found = order_effect(own)
        if found is None:
            continue
        difference = within_shares(found.test.difference)
        rows.append(
            {
                "stratum": stratum, "first": found.first, "second": found.second,
                "n_first": found.n_first, "n_second": found.n_second,
                "difference": difference.estimate,
                "ci_low": difference.ci_low, "ci_high": difference.ci_high,
                "t": found.test.statistic, "df": found.test.df, "p_value": found.test.pvalue,
            }
        )  # fmt: skip
    if not rows:
        return []
    text = [
        {
            "Stratum": stratum_label(row["stratum"]),
            "Seen first": f"{condition_label(row['first'])} − {condition_label(row['second'])}",
            "n": f"{count(row['n_first'])}, {count(row['n_second'])}",
            "Difference (95 % CI)": _points(row["difference"], row["ci_low"], row["ci_high"]),
            "t": fixed(row["t"]),
            "p": p_value(row["p_value"]),
        }
        for row in rows
    ]
    caption = "Whether the order of the conditions matters (sequence by period)"
    return [
        Table("table_order_effect", caption, pd.DataFrame(rows), pd.DataFrame(text), ORDER_NOTE, 2)
    ]


def _chance_table(trials: pd.DataFrame) -> Table:
    """Each condition in each block against guessing among the options that were offered."""
    keys = ["condition", BLOCK] if BLOCK in trials else ["condition"]
    rows: list[Row] = []
    for key, part in trials.groupby(keys, observed=True):
        test = above_own_chance(part)
        found = test.difference
        rows.append(
            {
                **dict(zip(keys, map(str, key), strict=True)),
                "n_participants": part.loc[part["correct"].notna(), "participant_id"].nunique(),
                "above_chance": found.estimate,
                "ci_low": found.ci_low, "ci_high": found.ci_high,
                "t": test.statistic, "df": test.df, "p_value": test.pvalue,
            }
        )  # fmt: skip
    text = [
        {
            "Condition": condition_label(row["condition"]),
            "Block": row.get(BLOCK, ""),
            "n": count(row["n_participants"]),
            "Above guessing (95 % CI)": _points(row["above_chance"], row["ci_low"], row["ci_high"]),
            "t": fixed(row["t"]),
            "p": p_value(row["p_value"]),
        }
        for row in rows
    ]
    return Table(
        "table_own_chance",
        "Accuracy against guessing among the options of each trial",
        pd.DataFrame(rows),
        pd.DataFrame(text),
        CHANCE_NOTE,
        2,
    )


def _points(estimate: float, low: float, high: float) -> str:
    return f"{percent(estimate)} ({percent_interval(low, high)})"


def _group_label(group: str) -> str:
    return condition_label(group) if group else "Everybody"
