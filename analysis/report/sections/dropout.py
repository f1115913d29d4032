"""What participants who were lost could change: bounds of accuracy, and signs that stay."""

import math
from collections.abc import Iterable, Iterator, Mapping
from itertools import combinations
from typing import Any

import pandas as pd

from analysis.data.labels import condition_label, listed, stratum_label, where
from analysis.data.schema import ASKED_STRATA, Row, rows_by
from analysis.report.numbers import count, p_value, percent
from analysis.report.tables import Table

ALPHA = 0.05
# More pairs than this are counted and not named.
MOST_PAIRS = 6


def bound_tables(bounds: pd.DataFrame) -> list[Table]:
    """What those lost could change; none where nobody was lost."""
    if not bounds["n_lost"].any():
        return []
    text = [
        {
            "Condition": condition_label(row["condition"]),
            "Stratum": stratum_label(row["stratum"]),
            "Lost": f"{count(row['n_lost'])} of {count(row['n_assigned'])}",
            "Mean (%)": percent(row["mean"]),
            "Had they named none (%)": percent(row["low"]),
            "Had they named all (%)": percent(row["high"]),
        }
        for row in bounds.to_dict("records")
    ]
    return [
        Table(
            "table_dropout_bounds",
            "Accuracy if everybody lost had named no prediction, or all",
            bounds,
            pd.DataFrame(text),
            "The mean over all assigned lies between the two, whatever the reasons for leaving:"
            " answers that they gave before they left are not used. A difference between"
            " conditions whose ranges do not overlap cannot come from dropout.",
            text_columns=2,
        )
    ]


def beyond_dropout(bounds: pd.DataFrame) -> list[str]:
    """Which differences would remain whatever those lost had answered; none without any lost."""
    if not bounds["n_lost"].any():
        return []
    cells = rows_by(bounds, "condition", "stratum")
    parts, n_pairs, n_apart = [], 0, 0
    for stratum in ASKED_STRATA:
        names = sorted(condition for condition, own in cells if own == stratum)
        pairs = list(combinations(names, 2))
        apart = [pair for pair in pairs if _are_apart(cells, stratum, *pair)]
        n_pairs, n_apart = n_pairs + len(pairs), n_apart + len(apart)
        if apart:
            parts.append(f"{where(stratum)}, between {_named(apart)}")
    if not n_pairs:
        return []
    if not parts:
        return ["Every difference could change its sign if those lost had answered accordingly."]
    rest = n_pairs - n_apart
    others = f" The other {count(rest)} could change their signs." if rest > 1 else ""
    others = others or (" The other one could change its sign." if rest else "")
    return [
        "Whatever those lost had answered, a difference of the same sign would remain"
        f" {listed(parts)}.{others}"
    ]


def _named(pairs: list[tuple[str, str]]) -> str:
    if len(pairs) > MOST_PAIRS:
        return f"{count(len(pairs))} pairs"
    named = [f"{condition_label(first)} and {condition_label(second)}" for first, second in pairs]
    return "; ".join(named) if len(named) > 1 else named[0]


def _are_apart(cells: Mapping[tuple[str, ...], Row], stratum: str, first: str, second: str) -> bool:
    a, b = cells[first, stratum], cells[second, stratum]
    return bool(a["high"] < b["low"] or b["high"] < a["low"])


def head_sentences(numbers: Mapping[str, Any], tests: Iterable[Row]) -> Iterator[str]:
    """How many are missing from the plan's tests, and how many signs they could change."""
    stages = {row["stage"]: row for row in numbers.get("flow", [])}
    if not stages:
        return
    assigned, analysed = (_total(stages[name]) for name in ("assigned", "analysed"))
    if assigned == analysed:
        return
    attrition = numbers["attrition"]
    p = min(
        (p for p in (attrition["p_finished"], attrition["p_log_rank"]) if math.isfinite(p)),
        default=math.nan,
    )
    uneven = (
        f", more with some conditions than with others (smaller p of two tests: {p_value(p)})"
        if p < ALPHA
        else ""
    )
    lost = assigned - analysed
    yield (
        f"{count(lost)} of the {count(assigned)} participants assigned {_are(lost)} not"
        f" analysed{uneven}.{_signs(numbers, tests)}"
    )


def _signs(numbers: Mapping[str, Any], tests: Iterable[Row]) -> str:
    """How many of the tested differences could have the other sign, had those lost stayed."""
    cells = rows_by(pd.DataFrame(numbers["dropout_bounds"]), "condition", "stratum")
    tested = {(row["stratum"], row["condition_a"], row["condition_b"]) for row in tests}
    bounded = [key for key in tested if (key[1], key[0]) in cells and (key[2], key[0]) in cells]
    if not bounded:
        return ""
    n = sum(not _are_apart(cells, *key) for key in bounded)
    of = f"{count(len(bounded))} tested differences"
    if not n:
        return f" Whatever they had answered, the signs of the {of} would stay."
    return f" Dropout alone could reverse the sign of {count(n)} of the {of}."


def _total(stage: Row) -> int:
    return sum(int(n) for name, n in stage.items() if name != "stage")


def _are(n: int) -> str:
    return "is" if n == 1 else "are"
