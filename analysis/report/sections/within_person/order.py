"""Whether the order of two conditions matters."""

import pandas as pd

from analysis.data.labels import condition_label, stratum_label
from analysis.data.schema import ALL, STRATA, Row
from analysis.report.numbers import count, fixed, p_value
from analysis.report.sections.within_person.cells import points
from analysis.report.tables import Table
from analysis.statistics.means.mean_tests import within_shares
from analysis.statistics.progress.order_effect import order_effect

ORDER_NOTE = (
    "Participants by the condition that they saw first: their mean accuracy over both blocks, first"
    " group minus second, in percentage points, with Welch’s interval and t test, two-sided and not"
    " corrected. Orders differ where what was seen first affects what follows (sequence by"
    " period). The test has little power and decides nothing about the others."
)


def order_effect_tables(trials: pd.DataFrame) -> list[Table]:
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
            "Difference (95 % CI)": points(row["difference"], row["ci_low"], row["ci_high"]),
            "t": fixed(row["t"]),
            "p": p_value(row["p_value"]),
        }
        for row in rows
    ]
    caption = "Whether the order of the conditions matters (sequence by period)"
    return [
        Table("table_order_effect", caption, pd.DataFrame(rows), pd.DataFrame(text), ORDER_NOTE, 2)
    ]
