"""A crossover of two conditions: whether their order matters, and their difference without it."""

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from analysis.data.schema import BLOCK
from analysis.statistics.means.mean_tests import MeanTest, welch
from analysis.statistics.ranks.effect_sizes import Interval


@dataclass(frozen=True)
class OrderEffect:
    """Two orders of two conditions, compared.

    Attributes
    ----------
    first, second : str
        The condition that a group saw first; the other one saw it second.
    n_first, n_second : int
        Participants with answers in both blocks.
    test : MeanTest
        Of the means over both blocks, the first group's minus the second's.
    adjusted : MeanTest
        The difference of the conditions, `first` minus `second`, without that of the blocks.
    blocks : MeanTest
        The difference of the blocks, earlier minus later, without that of the conditions.
    """

    first: str
    second: str
    n_first: int
    n_second: int
    test: MeanTest
    adjusted: MeanTest
    blocks: MeanTest


def order_effect(trials: pd.DataFrame) -> OrderEffect | None:
    """Return the comparison of both orders of two conditions in two blocks.

    Parameters
    ----------
    trials : DataFrame
        One row per trial; columns participant_id, block, condition and correct (1, 0, or NaN
        unanswered).

    Returns
    -------
    OrderEffect or None
        None where the blocks are not two, each with one condition, in two orders.

    Notes
    -----
    Over both blocks, each participant saw both conditions, so that orders differ only where the
    first condition affects the second, or where they answered different images. A difference of the
    blocks themselves, such as practice, is in both orders alike. The test has less power than that
    of the conditions, since it compares different participants: no difference shown is not none.

    Earlier minus later block is condition plus block in one order, and block minus condition in the
    other: half the difference and half the sum of the orders' means are those of the conditions and
    of the blocks, whatever the numbers of participants in each order (Hills and Armitage 1979).

    References
    ----------
    Grizzle (1965), The two-period change-over design and its use in clinical trials. Freeman (1989)
    on why it must not decide which test of the conditions is made.
    """
    answered = trials[trials["correct"].notna()]
    keys = [answered["participant_id"].astype(str), answered[BLOCK].astype(str)]
    cells = answered["condition"].astype(str).groupby(keys)
    if (cells.nunique() > 1).any():
        return None
    shown = cells.first().unstack().dropna()
    if shown.shape[1] != 2:
        return None
    orders = shown.agg(tuple, axis=1)
    found = sorted(orders.unique())
    if len(found) != 2 or found[0] != found[1][::-1] or found[0][0] == found[0][1]:
        return None
    means = answered["correct"].groupby(keys).mean().unstack()
    a, b = (means.loc[orders.index[orders == order]].to_numpy(dtype=float) for order in found)
    first, second = (np.subtract(*group.T) for group in (a, b))
    return OrderEffect(
        found[0][0],
        found[1][0],
        len(a),
        len(b),
        welch(a.mean(axis=1), b.mean(axis=1)),
        _halved(welch(first, second)),
        _halved(welch(first, -second)),
    )


def _halved(test: MeanTest) -> MeanTest:
    half = (0.5 * end for end in vars(test.difference).values())
    return replace(test, difference=Interval(*half))
