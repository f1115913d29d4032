"""The power that no number of participants exceeds, because the images are a sample, too."""

from dataclasses import dataclass

import numpy as np
from scipy import stats

from analysis.statistics.alternatives import Alternative

# The images tried to find a sufficient number.
MOST_IMAGES = 1_000
# From this mean on, Student's noncentral t is beyond any critical value.
FAR = 36.0


@dataclass(frozen=True)
class Ceiling:
    """The power of the mixed model with infinitely many participants, by the number of images.

    They show each image's difference exactly. What is left is Student's t test of n differences
    around `difference` (logits), each of which varies by the root of 2 times `item_condition_sd`;
    images of the other stratum only add degrees of freedom. See Westfall, Kenny and Judd (2014),
    Statistical power and optimal design in experiments in which samples of participants respond to
    samples of stimuli.
    """

    difference: float
    item_condition_sd: float
    n_other_items: int
    level: float
    alternative: Alternative

    def at(self, n_items: int) -> float:
        """Return the power with this number of images of the tested stratum."""
        if self.item_condition_sd == 0:
            return 1.0 if self.difference else self.level
        df = n_items - 1 + max(0, self.n_other_items - 1)
        mean = self.difference / (self.item_condition_sd * np.sqrt(2 / n_items))
        if self.alternative == "two-sided":
            return _beyond(mean, self.level / 2, df) + _beyond(-mean, self.level / 2, df)
        return _beyond(-mean if self.alternative == "less" else mean, self.level, df)

    def least_images(self, wanted: float) -> int | None:
        """Return the smallest number of images with the wanted power, or None."""
        numbers = range(2, MOST_IMAGES + 1)
        return next((n for n in numbers if self.at(n) >= wanted), None)


def _beyond(mean: float, level: float, df: int) -> float:
    """The chance that Student's noncentral t exceeds the central one's quantile."""
    if abs(mean) > FAR:
        return float(mean > 0)
    return float(stats.nct.sf(stats.t.isf(level, df), df, mean))
