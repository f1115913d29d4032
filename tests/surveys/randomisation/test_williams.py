from collections import Counter
from itertools import pairwise

import pytest

from surveys.protocol.design.williams import n_rows, williams_row


@pytest.mark.parametrize("n", [1, 2, 3, 4, 5, 8, 30, 31])
def test_every_item_stands_in_every_place_and_follows_every_other_equally_often(n):
    rows = [williams_row(n, place) for place in range(1, n_rows(n) + 1)]
    places = Counter(cell for row in rows for cell in enumerate(row))
    followed = Counter(pair for row in rows for pair in pairwise(row))
    assert all(sorted(row) == list(range(n)) for row in rows)
    assert set(places.values()) == {n_rows(n) // n}
    assert len(followed) == n * (n - 1)
    assert len(set(followed.values())) <= 1


def test_it_is_the_design_that_williams_gives_for_four_treatments():
    assert [williams_row(4, place) for place in range(1, 5)] == [
        [0, 1, 3, 2],
        [1, 2, 0, 3],
        [2, 3, 1, 0],
        [3, 0, 2, 1],
    ]


def test_after_the_last_row_the_first_one_comes_again():
    assert williams_row(6, 7) == williams_row(6, 1)
    assert williams_row(3, 7) == williams_row(3, 1)
