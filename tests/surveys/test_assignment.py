from collections import Counter

import pytest

from surveys.assignment import round_robin


def test_it_takes_conditions_in_turn():
    assert [round_robin([1, 1], number) for number in range(1, 6)] == [0, 1, 0, 1, 0]


def test_it_spreads_unequal_ratios_out():
    assert [round_robin([2, 1], number) for number in range(1, 7)] == [0, 1, 0, 0, 1, 0]


@pytest.mark.parametrize("ratios", [[1, 1, 1], [2, 1], [5, 3, 1], [1, 4]])
def test_every_count_stays_within_one_of_its_share(ratios):
    counts = Counter()
    for number in range(1, 101):
        counts[round_robin(ratios, number)] += 1
        for index, ratio in enumerate(ratios):
            assert abs(counts[index] - number * ratio / sum(ratios)) <= 1
