"""Drawings of visual checks: what is drawn has the answer that counts as right.

Each answer is read again from the pixels, by means of its own.
"""

from io import BytesIO
from itertools import groupby, pairwise

import numpy as np
import pytest
from PIL import Image

from surveys.participation.shown.visual.crossings import BENDS
from surveys.participation.shown.visual.drawing import BLUE, ORANGE, SIDE, paint
from surveys.participation.shown.visual.longer import HEIGHTS
from surveys.participation.shown.visual.registry import (
    CANT_TELL,
    KINDS,
    count_right,
    find_check,
    find_checks,
)
from surveys.protocol.sections import MOST_VISUAL

SEEDS = range(60)


def pixels(check):
    with Image.open(BytesIO(paint(check.drawing))) as image:
        assert (image.format, image.size, image.info) == ("PNG", (SIDE, SIDE), {})
        return np.asarray(image.convert("RGB")).astype(int)


def are_near(picture, colour):
    rgb = np.array([int(colour[at : at + 2], 16) for at in (1, 3, 5)])
    return np.abs(picture - rgb).sum(axis=2) < 90


def runs(row):
    """Start and end of each run of dark pixels."""
    found, place = [], 0
    for is_dark, group in groupby(row < 400):
        length = len(list(group))
        if is_dark:
            found.append((place, place + length))
        place += length
    return found


def read_crossings(picture):
    """How often the upper colour changes from bend to bend."""
    columns = (BENDS[0] + 2, *BENDS[1:-1], BENDS[-1] - 3)
    heights = [
        [np.nonzero(are_near(picture[:, [x]], colour))[0].mean() for colour in (BLUE, ORANGE)]
        for x in columns
    ]
    upper = [blue < orange for blue, orange in heights]
    return str(sum(a != b for a, b in pairwise(upper)))


def read_longer(picture):
    """Whose row of dark pixels is longer, without what arrowheads reach beyond it."""
    lengths = [max(end - start for start, end in runs(picture[y].sum(axis=1))) for y in HEIGHTS]
    longer, shorter = max(lengths), min(lengths)
    assert longer > 1.3 * shorter, "People must see the difference."
    return "upper" if lengths[0] == longer else "lower"


def read_squares(picture):
    """How many sides are crossed on the way from the left edge to inside the innermost square."""
    outer = runs(picture[SIDE // 2].sum(axis=1))
    assert len(outer) % 2 == 0
    assert all(b[0] - a[1] >= 8 for a, b in pairwise(outer)), "They touch."
    return str(len(outer) // 2)


READERS = {"crossings": read_crossings, "longer": read_longer, "squares": read_squares}


@pytest.mark.parametrize("number", range(1, len(KINDS) + 1))
def test_the_drawing_has_the_answer_that_counts_as_right(number):
    answers = set()
    for seed in SEEDS:
        check = find_check(seed, number)
        answers.add(check.drawing.answer)
        assert READERS[check.kind.name](pixels(check)) == check.drawing.answer, seed
        assert check.drawing.answer in check.values
    # Each answer comes up, but that lines which differ are equal.
    wanted = {value for value, _ in find_check(0, number).kind.choices} - {"equal"}
    assert answers == wanted


@pytest.mark.parametrize("number", range(1, MOST_VISUAL + 1))
def test_nothing_is_drawn_at_the_edge_or_in_a_file_of_any_size(number):
    for seed in SEEDS[:20]:
        picture = pixels(find_check(seed, number))
        edge = np.ones((SIDE, SIDE), bool)
        edge[10:-10, 10:-10] = False
        assert (picture[edge] == 255).all()


def test_a_drawing_follows_from_seed_and_number():
    first = [paint(find_check(5, number).drawing) for number in range(1, MOST_VISUAL + 1)]
    find_check.cache_clear()
    assert [paint(find_check(5, number).drawing) for number in range(1, 7)] == first
    assert len(set(first)) == MOST_VISUAL
    assert paint(find_check(6, 1).drawing) != first[0]


def test_the_most_are_two_of_each_kind():
    names = [check.kind.name for check in find_checks(1, MOST_VISUAL)]
    assert names == 2 * [kind.name for kind in KINDS]


def test_only_right_answers_are_counted():
    right = [check.drawing.answer for check in find_checks(9, 4)]
    assert count_right(9, right) == 4
    assert count_right(9, [CANT_TELL[0], *right[1:]]) == 3
    assert count_right(9, []) == 0


def test_texts_for_screen_readers_do_not_give_the_answer_away():
    said = [kind.alternative for kind in KINDS]
    assert not any(character.isdigit() for text in said for character in text)
    assert len(set(said)) == len(KINDS)
