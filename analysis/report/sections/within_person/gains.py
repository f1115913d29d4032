"""How accuracy changes from one block to another, and how groups differ in that."""

from itertools import combinations

import pandas as pd

from analysis.report.numbers import count, fixed, interval, p_value
from analysis.report.sections.within_person.cells import group_label, points
from analysis.report.tables import Table
from analysis.statistics.means.mean_tests import welch
from analysis.statistics.means.paired import difference_of_differences, paired_difference
from analysis.statistics.progress.blocks import gains
from analysis.statistics.ranks.signed_ranks import signed_ranks

GAIN_NOTE = (
    "Accuracy in the later block minus that in the earlier one, in percentage points, with a"
    " bootstrap interval over participants; W, p and r as in Wilcoxon’s signed-rank test, two-sided"
    " and not corrected for their number. Blocks may differ in their images, in the"
    " share of those where the model was wrong, and in their pictures."
)
CHANGE_NOTE = (
    "The change of the first group minus that of the second, in percentage points, with a bootstrap"
    " interval over participants, drawn within groups; p of Welch’s t test of the participants’"
    " changes, two-sided and not corrected."
)


def gain_table(
    scores: pd.DataFrame, groups: "pd.Series[str]", steps: list[tuple[str, str]]
) -> Table:
    """The change of each group over each step, from a block to a later one."""
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
            "Group": group_label(row["group"]),
            "From … to": f"{row['before']} → {row['after']}",
            "n": count(row["n"]),
            "Gain (95 % CI)": points(row["gain"], row["gain_ci_low"], row["gain_ci_high"]),
            "W": fixed(row["w_statistic"], 1),
            "p": p_value(row["p_value"]),
            "r (95 % CI)": f"{fixed(row['rank_biserial'])} "
            f"({interval(row['ci_low'], row['ci_high'])})",
        }
        for row in rows
    ]
    caption = "Change of accuracy from one block to another"
    return Table("table_gains", caption, pd.DataFrame(rows), pd.DataFrame(text), GAIN_NOTE, 2)


def change_table(
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
            "Groups": f"{group_label(row['group_a'])} − {group_label(row['group_b'])}",
            "From … to": f"{row['before']} → {row['after']}",
            "Difference of changes (95 % CI)": points(
                row["difference"], row["ci_low"], row["ci_high"]
            ),
            "p": p_value(row["welch_p"]),
        }
        for row in rows
    ]
    caption = "How groups differ in their change"
    return Table("table_changes", caption, pd.DataFrame(rows), pd.DataFrame(text), CHANGE_NOTE, 2)
