"""Both orders of a crossover, compared over both blocks."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from analysis.statistics.progress.order_effect import order_effect

# Correct answers of four to each block, by participant; the first five saw "a" first.
FIRST = [(3, 2), (4, 3), (2, 2), (3, 3), (4, 4)]
SECOND = [(1, 2), (2, 2), (3, 1), (0, 2), (2, 1), (1, 1)]


def crossover(first=FIRST, second=SECOND):
    rows = []
    for person, (counts, order) in enumerate(
        [(counts, "ab") for counts in first] + [(counts, "ba") for counts in second]
    ):
        for block, (right, condition) in enumerate(zip(counts, order, strict=True)):
            rows += [(f"p{person}", f"part_{block}", condition, float(k < right)) for k in range(4)]
    return pd.DataFrame(rows, columns=["participant_id", "block", "condition", "correct"])


def test_orders_are_compared_by_the_means_over_both_blocks():
    # R: t.test(c(5, 7, 4, 6, 8) / 8, c(3, 4, 4, 2, 3, 2) / 8)
    found = order_effect(crossover())
    assert (found.first, found.second) == ("a", "b")
    assert (found.n_first, found.n_second) == (5, 6)
    assert found.test.difference.estimate == pytest.approx(0.375)
    assert found.test.statistic == pytest.approx(3.76968517462526, rel=1e-9)
    assert found.test.df == pytest.approx(6.07232968881413, rel=1e-9)
    assert found.test.pvalue == pytest.approx(0.00908793311855256, rel=1e-9)


def test_practice_in_both_orders_is_no_order_effect():
    better = [(right, min(4, right + 1)) for right in (0, 1, 2, 3)]
    assert order_effect(crossover(better, better)).test.difference.estimate == 0


def test_one_order_or_blocks_of_several_conditions_have_no_such_test():
    trials = crossover()
    assert order_effect(crossover(FIRST, [])) is None
    mixed = trials.assign(condition=np.where(np.arange(len(trials)) % 2, "a", "b"))
    assert order_effect(mixed) is None
    third = trials.assign(block=trials["block"].where(trials.index % 4 > 0, "part_2"))
    assert order_effect(third) is None


def test_who_answered_one_block_alone_is_left_out():
    trials = crossover()
    gone = (trials["participant_id"] == "p0") & (trials["block"] == "part_1")
    trials.loc[gone, "correct"] = np.nan
    assert order_effect(trials).n_first == 4


def test_conditions_are_compared_without_the_difference_of_the_blocks():
    # R: t.test(c(1, 1, 0, 0, 0) / 4, c(-1, 0, 2, -2, 1, 0) / 4), and with the second group negated
    found = order_effect(crossover())
    assert found.adjusted.difference.estimate == pytest.approx((0.1 - 0.0) / 2)
    assert found.blocks.difference.estimate == pytest.approx((0.1 + 0.0) / 2)
    first, second = np.array([1, 1, 0, 0, 0]) / 4, np.array([-1, 0, 2, -2, 1, 0]) / 4
    expected = stats.ttest_ind(first, second, equal_var=False)
    assert found.adjusted.pvalue == pytest.approx(expected.pvalue)
    ends = expected.confidence_interval()
    assert found.adjusted.difference.ci_low == pytest.approx(ends.low / 2)
    assert found.adjusted.difference.ci_high == pytest.approx(ends.high / 2)


def test_practice_moves_the_blocks_and_not_the_conditions_whatever_the_sizes_of_the_orders():
    # Each participant is right once more with "a", and twice more in the later block.
    found = order_effect(crossover([(1, 2), (2, 3)], [(0, 3), (1, 4), (0, 3), (0, 3), (1, 4)]))
    assert found.adjusted.difference.estimate == pytest.approx(0.25)
    assert found.blocks.difference.estimate == pytest.approx(-0.5)
