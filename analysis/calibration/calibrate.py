"""Error rates of the tests and coverage of the intervals, by simulation.

Simulated studies draw their participants with replacement from real score distributions, so the
null hypothesis, or the true effect, is known.
"""

from collections.abc import Callable, Collection
from concurrent.futures import ProcessPoolExecutor
from functools import partial

import pandas as pd

from analysis.calibration.interval_coverage import (
    agreement_coverage,
    bootstrap_coverage,
    odds_coverage,
    proportion_coverage,
    retention_coverage,
    score_coverage,
    shift_coverage,
    slope_coverage,
    unlike_shift_coverage,
)
from analysis.calibration.paired_images import paired_rates, paired_worlds
from analysis.calibration.populations import Population, populations_of
from analysis.calibration.random_images import (
    ability_rates,
    ability_worlds,
    image_rates,
    worlds,
)
from analysis.calibration.share_coverage import SIZES, share_coverage
from analysis.calibration.type_one_errors import attrition_errors, type_one_errors, untied_errors

# Acceptable error rates at 5 %, and acceptable coverages of 95 % intervals.
BANDS = {"type_one_errors": (0.04, 0.06), "coverages": (0.94, 0.96)}
# Those outside in some population, and why.
OUTSIDE = {
    "Mann-Whitney, exact with ties, n = 12": (
        "conservative: few distinct scores leave few possible p"
    ),
    "mean of a": "conservative where most of 58 participants make no mistake",
    "Hodges-Lehmann shift, tied scores": (
        "conservative: its ends are differences of two scores, of which few exist"
    ),
    "odds ratio (GEE), n = 12": "conservative: log odds of rates near 0 or 1 are skewed",
    "share of an image (Wilson), one chance": (
        "49 answers have 50 possible shares: the coverage varies around 95 % with the true share"
    ),
    "Krippendorff's alpha": "conservative where agreement is high: 14 images, most of them alike",
}


Simulation = Callable[[], pd.DataFrame]


KINDS = ("type_one_errors", "coverages", "shares", "images", "abilities", "pairs")


def calibrate(
    wide: pd.DataFrame,
    simulations: int,
    seed: int,
    jobs: int = 1,
    only: Collection[str] = KINDS,
) -> dict[str, pd.DataFrame]:
    """Return all rates: `type_one_errors` at 5 %, `coverages` at 95 %, `shares`,
    `images`, `abilities` and `pairs`.

    `wide` has the scores to draw from (columns `schema.SCORE_FILE_COLUMNS`) of two conditions. Slow
    rates have fewer simulations, as each row states. Each has its own random stream, so the result
    does not depend on the number of jobs, nor on which kinds are asked for (`only`).
    """
    populations = populations_of(wide)
    errors = _errors(populations, simulations, seed)
    intervals = _intervals(populations, simulations, seed)
    shares: list[Simulation] = [
        partial(share_coverage, n, max(1, simulations // 2), seed) for n in SIZES
    ]
    images: list[Simulation] = [
        partial(image_rates, world, max(1, simulations // 20), seed) for world in worlds()
    ]
    abilities: list[Simulation] = [
        partial(ability_rates, world, max(1, simulations // 20), seed) for world in ability_worlds()
    ]
    pairs: list[Simulation] = [
        partial(paired_rates, world, max(1, simulations // 8), seed) for world in paired_worlds()
    ]
    of_kind = dict(zip(KINDS, (errors, intervals, shares, images, abilities, pairs), strict=True))
    every = {name: found for name, found in of_kind.items() if name in only}
    simulations_of_all = [simulate for kind in every.values() for simulate in kind]
    if jobs == 1:
        found = iter([simulate() for simulate in simulations_of_all])
    else:
        with ProcessPoolExecutor(jobs) as pool:
            found = iter(list(pool.map(_simulate, simulations_of_all)))
    return {
        name: pd.concat([next(found) for _ in kind], ignore_index=True)
        for name, kind in every.items()
    }


def _simulate(simulate: Simulation) -> pd.DataFrame:
    return simulate()


def _errors(populations: list[Population], n: int, seed: int) -> list[Simulation]:
    return [
        *(partial(type_one_errors, [population], n, seed) for population in populations),
        partial(untied_errors, n, seed),
        partial(attrition_errors, max(1, n // 4), seed),
    ]


def _intervals(populations: list[Population], n: int, seed: int) -> list[Simulation]:
    pairs = list(zip(populations[::2], populations[1::2], strict=True))
    fewer = max(1, n // 4)
    return [
        *(partial(score_coverage, a, b, n, seed) for a, b in pairs),
        partial(shift_coverage, populations, n, seed),
        *(partial(unlike_shift_coverage, a, b, n, seed) for a, b in pairs),
        *(partial(odds_coverage, a, b, n, seed) for a, b in pairs),
        *(partial(slope_coverage, population, fewer, seed) for population in populations),
        partial(proportion_coverage, populations, n, seed),
        partial(retention_coverage, fewer, seed),
        partial(agreement_coverage, n, seed),
        partial(bootstrap_coverage, fewer, seed),
    ]
