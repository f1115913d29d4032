"""Whether the order of two conditions matters, and their difference without that of the blocks."""

import pandas as pd

from analysis.data.labels import condition_label, stratum_label
from analysis.data.schema import ALL, STRATA, Row
from analysis.report.numbers import count, fixed, p_value
from analysis.report.sections.within_person.cells import points
from analysis.report.tables import Table
from analysis.statistics.means.mean_tests import MeanTest, within_shares
from analysis.statistics.progress.order_effect import OrderEffect, order_effect

ORDER_NOTE = (
    "Participants by the condition that they saw first: their mean accuracy over both blocks, first"
    " group minus second, in percentage points, with Welch’s interval and t test, two-sided and not"
    " corrected. Orders differ where what was seen first affects what follows (sequence by"
    " period). The test has little power and decides nothing about the others."
)
ADJUSTED_NOTE = (
    "Participants’ accuracy in the earlier block minus that in the later one is compared between"
    " the two orders: half of the difference is that of the conditions, half of the sum that of the"
    " blocks (Hills and Armitage 1979), in percentage points, with Welch’s intervals and p of t"
    " tests, two-sided and not corrected. The plan’s tests do not adjust for the blocks; with as"
    " many participants in each order, both estimate the same difference."
)


def order_effect_tables(trials: pd.DataFrame) -> list[Table]:
    """The orders of two conditions compared, in each stratum and over both."""
    found: dict[str, OrderEffect] = {}
    for stratum in STRATA:
        own = trials if stratum == ALL else trials[trials["stratum"] == stratum]
        if (effect := order_effect(own)) is not None:
            found[stratum] = effect
    return [_order_table(found), _adjusted_table(found)] if found else []


def _order_table(found: dict[str, OrderEffect]) -> Table:
    rows: list[Row] = [
        {
            "stratum": stratum, "first": effect.first, "second": effect.second,
            "n_first": effect.n_first, "n_second": effect.n_second, **_numbers(effect.test),
            "t": effect.test.statistic, "df": effect.test.df, "p_value": effect.test.pvalue,
        }
        for stratum, effect in found.items()
    ]  # fmt: skip
    text = [
        {
            "Stratum": stratum_label(row["stratum"]),
            "Seen first": f"{condition_label(row['first'])} − {condition_label(row['second'])}",
            "n": f"{count(row['n_first'])}, {count(row['n_second'])}",
            "Difference (95 % CI)": points(row["difference"], row["ci_low"], row["ci_high"]),
            "t": fixed(row["t"]),
            "p": p_value(row["p_value"]),
        }
        for row in rows
    ]
    caption = "Whether the order of the conditions matters (sequence by period)"
    return Table(
        "table_order_effect", caption, pd.DataFrame(rows), pd.DataFrame(text), ORDER_NOTE, 2
    )


def _adjusted_table(found: dict[str, OrderEffect]) -> Table:
    rows: list[Row] = [
        {
            "stratum": stratum, "condition_a": effect.first, "condition_b": effect.second,
            **_numbers(effect.adjusted), "p_value": effect.adjusted.pvalue,
            **{f"blocks_{name}": value for name, value in _numbers(effect.blocks).items()},
            "blocks_p_value": effect.blocks.pvalue,
        }
        for stratum, effect in found.items()
    ]  # fmt: skip
    text = [
        {
            "Stratum": stratum_label(row["stratum"]),
            "Conditions": f"{condition_label(row['condition_a'])} −"
            f" {condition_label(row['condition_b'])}",
            "Difference (95 % CI)": points(row["difference"], row["ci_low"], row["ci_high"]),
            "p": p_value(row["p_value"]),
            "Earlier − later block (95 % CI)": points(
                row["blocks_difference"], row["blocks_ci_low"], row["blocks_ci_high"]
            ),
            "p (blocks)": p_value(row["blocks_p_value"]),
        }
        for row in rows
    ]
    caption = "Differences of the conditions, adjusted for the order of the blocks"
    return Table(
        "table_adjusted", caption, pd.DataFrame(rows), pd.DataFrame(text), ADJUSTED_NOTE, 2
    )


def _numbers(test: MeanTest) -> Row:
    found = within_shares(test.difference)
    return {"difference": found.estimate, "ci_low": found.ci_low, "ci_high": found.ci_high}
