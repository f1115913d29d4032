"""Whether the tests err as often as they say, and the intervals hold what they promise.

Simulated studies draw their participants with replacement from real score distributions, so that
the null hypothesis, or the true effect, is known.
"""

import pandas as pd

from analysis.interval_coverage import (
    agreement_coverage,
    bootstrap_coverage,
    odds_coverage,
    proportion_coverage,
    retention_coverage,
    score_coverage,
    shift_coverage,
    slope_coverage,
)
from analysis.populations import populations_of
from analysis.type_one_errors import attrition_errors, type_one_errors, untied_errors


def calibrate(wide: pd.DataFrame, simulations: int, seed: int) -> dict[str, pd.DataFrame]:
    """Every rate: `type_one_errors` at 5 %, and `coverages` of 95 % intervals.

    `wide` are scores to draw from (columns `schema.SCORE_FILE_COLUMNS`) of two conditions. Slow
    simulations are fewer; each row says how many.
    """
    populations = populations_of(wide)
    pairs = list(zip(populations[::2], populations[1::2], strict=True))
    fewer = max(1, simulations // 4)
    errors = [
        type_one_errors(populations, simulations, seed),
        untied_errors(simulations, seed),
        attrition_errors(fewer, seed),
    ]
    intervals = [
        *(score_coverage(a, b, simulations, seed) for a, b in pairs),
        shift_coverage(simulations, seed),
        *(odds_coverage(a, b, simulations, seed) for a, b in pairs),
        *(slope_coverage(population, fewer, seed) for population in populations),
        proportion_coverage(populations, simulations, seed),
        retention_coverage(fewer, seed),
        agreement_coverage(fewer, seed),
        bootstrap_coverage(fewer, seed),
    ]
    return {
        "type_one_errors": pd.concat(errors, ignore_index=True),
        "coverages": pd.concat(intervals, ignore_index=True),
    }
