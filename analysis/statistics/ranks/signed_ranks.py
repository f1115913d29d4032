"""Wilcoxon's signed-rank test of paired scores, with its effect size.

The participant is the unit: one difference each, whatever the number of trials behind it.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import stats

from analysis.data.validation import require_known
from analysis.statistics.alternatives import ALTERNATIVES, Alternative
from analysis.statistics.ranks.effect_sizes import Interval
from analysis.statistics.ranks.mann_whitney import normal_p_value
from analysis.statistics.readable import Estimated

# The exact distribution, ties and all, takes no time up to here; whole counts fit a float.
EXACT_UP_TO = 50


@dataclass(frozen=True)
class SignedRanks(Estimated):
    """Result of `signed_ranks`.

    Attributes
    ----------
    statistic : float
        W: the sum of the ranks of the positive differences, ranked without sign, ties as midranks.
    z : float
        W standardised with the tie-corrected variance; NaN without a difference.
    pvalue : float
        p of the alternative.
    n, n_zero : int
        Participants with both scores, and those of them without a difference, who are left out.
    rank_biserial : Interval
        The matched-pairs rank-biserial correlation, from -1 to 1.
    alternative, method : str
        The alternative asked for, and how p was found, in words.
    """

    statistic: float
    z: float
    pvalue: float
    n: int
    n_zero: int
    rank_biserial: Interval
    alternative: Alternative
    method: str

    def _estimate(self) -> Interval:
        return self.rank_biserial

    def as_row(self) -> dict[str, Any]:
        """Return the result by the names of the columns in result files."""
        return {
            "w_statistic": self.statistic,
            "z": self.z,
            "p_value": self.pvalue,
            "n": self.n,
            "n_zero": self.n_zero,
            "rank_biserial": self.rank_biserial.estimate,
            "ci_low": self.rank_biserial.ci_low,
            "ci_high": self.rank_biserial.ci_high,
            "alternative": self.alternative,
            "method": f"Wilcoxon signed-rank, {self.method}",
        }


def signed_ranks(
    a: np.ndarray,
    b: np.ndarray,
    alternative: Alternative = "two-sided",
    continuity: bool = True,
    level: float = 0.95,
) -> SignedRanks:
    """Return Wilcoxon's signed-rank test of scores `a` against the same people's scores `b`.

    Parameters
    ----------
    a, b : ndarray, shape (n,)
        Two scores per participant, in any unit; pairs with a NaN are left out.
    alternative : {"two-sided", "less", "greater"}
        "less" asks whether a is below b.
    continuity : bool
        Whether the normal approximation moves W by half a unit towards its mean.
    level : float
        Confidence level of the effect size's interval.

    Returns
    -------
    SignedRanks
        Up to `EXACT_UP_TO` differences other than 0, p is exact: that of all ways to give the
        midranks their signs. Of more, it is the normal approximation. Without any difference, p is
        1 and the effect NaN.

    Raises
    ------
    ValueError
        For another alternative, or samples of different lengths.

    Notes
    -----
    Differences of 0 are left out, as Wilcoxon did. Differences that agree to 12 digits are ties,
    since shares such as 0.7 - 0.4 and 0.6 - 0.3 differ in their last bits.

    References
    ----------
    Wilcoxon (1945); Lehmann (1975), Nonparametrics, section 3.2, for the ties; Kerby (2014) for the
    effect size, with the interval that R's effectsize gives, by Fisher's z.

    Examples
    --------
    >>> test = signed_ranks(np.array([0.1, 0.2, 0.4, 0.3]), np.array([0.3, 0.5, 0.5, 0.9]), "less")
    >>> test.statistic, round(test.pvalue, 4), test.method
    (0.0, 0.0625, 'exact')
    """
    require_known("alternative", alternative, ALTERNATIVES)
    if len(a) != len(b):
        raise ValueError(f"a and b must be paired, but have {len(a)} and {len(b)} scores.")
    both = ~(np.isnan(a) | np.isnan(b))
    differences = np.round(np.asarray(a, float)[both] - np.asarray(b, float)[both], 12)
    given = differences[differences != 0]
    n, n_zero = len(differences), len(differences) - len(given)
    if not len(given):
        nothing = Interval(np.nan, np.nan, np.nan)
        p = 1.0 if n else np.nan
        name = "no difference" if n else "none: nobody has both scores"
        return SignedRanks(0.0, np.nan, p, n, n_zero, nothing, alternative, name)
    ranks = stats.rankdata(np.abs(given))
    w = float(ranks[given > 0].sum())
    is_exact = len(given) <= EXACT_UP_TO
    z = _standardised(w, ranks, alternative, continuity and not is_exact)
    p = _exact_p(w, ranks, alternative) if is_exact else normal_p_value(z, alternative)
    corrected = ", with continuity correction" if continuity else ""
    method = "exact" if is_exact else f"normal approximation{corrected}"
    effect = _rank_biserial(w, ranks, level)
    return SignedRanks(w, z, p, n, n_zero, effect, alternative, method)


def _standardised(w: float, ranks: np.ndarray, alternative: Alternative, continuity: bool) -> float:
    """W minus its mean over its standard deviation; the ranks' squares include the ties."""
    distance = w - ranks.sum() / 2
    if continuity:
        towards = {"two-sided": np.sign(distance), "less": -1.0, "greater": 1.0}
        distance -= 0.5 * towards[alternative]
    return float(distance / np.sqrt((ranks**2).sum() / 4))


def _exact_p(w: float, ranks: np.ndarray, alternative: Alternative) -> float:
    """The share of all ways to give the ranks their signs that are as far out as W."""
    # Midranks are halves, so that twice a sum of them is whole.
    doubled = np.rint(2 * ranks).astype(int)
    ways = np.zeros(doubled.sum() + 1)
    ways[0] = 1.0
    for rank in doubled:
        shifted = np.zeros_like(ways)
        shifted[rank:] = ways[: len(ways) - rank]
        ways = ways + shifted
    observed = round(2 * w)
    shares = ways / ways.sum()
    below, above = float(shares[: observed + 1].sum()), float(shares[observed:].sum())
    tails = {"less": below, "greater": above, "two-sided": 2 * min(below, above)}
    return min(1.0, tails[alternative])


def _rank_biserial(w: float, ranks: np.ndarray, level: float) -> Interval:
    """The share of the ranks' sum that favours a minus the share that favours b (Kerby 2014)."""
    n, total = len(ranks), ranks.sum()
    effect = float(2 * w / total - 1)
    error = np.sqrt((2 * n**3 + 3 * n**2 + n) / 6) / ((n**2 + n) / 2)
    if abs(effect) == 1:
        return Interval(effect, np.nan, np.nan)
    half = float(stats.norm.ppf((1 + level) / 2)) * error
    low, high = np.tanh(np.arctanh(effect) + np.array([-half, half]))
    return Interval(effect, float(low), float(high))
