"""Accuracy in each block, and how groups differ in it."""

from itertools import combinations

import pandas as pd

from analysis.report.numbers import count, fixed, interval, p_value, percent, percent_interval
from analysis.report.sections.within_person.cells import group_label, points
from analysis.report.tables import Table
from analysis.statistics.means.mean_tests import welch, within_shares
from analysis.statistics.progress.blocks import block_table, wrong_shares
from analysis.statistics.ranks.effect_sizes import cliffs_delta
from analysis.statistics.ranks.mann_whitney import mann_whitney

BLOCK_NOTE = (
    "Mean over participants, with Wilson’s interval on the effective sample size. n: participants."
    " Model wrong: of the answers, the share to images where the model was wrong, which are harder:"
    " blocks with other shares differ in accuracy for that reason, too."
)
GROUP_NOTE = (
    "Different participants, by what they were assigned to, whatever the block shows. Difference of"
    " means in percentage points with Welch’s interval; U and p of two-sided Mann–Whitney tests,"
    " which are not corrected for their number; δ: Cliff’s delta."
)


def curve_table(trials: pd.DataFrame, scores: pd.DataFrame, groups: "pd.Series[str]") -> Table:
    """Mean accuracy by group and block."""
    shares = wrong_shares(trials, groups).to_dict()
    numbers = block_table(scores, groups)
    numbers["model_wrong"] = [
        shares[row.group, row.block] for row in numbers.itertuples(index=False)
    ]
    text = [
        {
            "Group": group_label(row["group"]),
            "Block": row["block"],
            "n": count(row["n_participants"]),
            "Accuracy": percent(row["mean"]),
            "95 % CI": percent_interval(row["ci_low"], row["ci_high"]),
            "Model wrong (%)": percent(row["model_wrong"]),
        }
        for row in numbers.to_dict("records")
    ]
    caption = "Accuracy in each block, in their order, in percent"
    return Table("table_blocks", caption, numbers, pd.DataFrame(text), BLOCK_NOTE, 2)


def group_table(scores: pd.DataFrame, groups: "pd.Series[str]") -> Table:
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
            "Groups": f"{group_label(row['group_a'])} − {group_label(row['group_b'])}",
            "n": f"{count(row['n_a'])}, {count(row['n_b'])}",
            "Difference (95 % CI)": points(
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
