"""The row of a text's tokens."""

import numpy as np
import pytest
import torch

from pv_engine.explain.captions import WrittenToken
from pv_engine.stimulus_sets import token_list
from pv_engine.stimulus_sets.token_list import Caption, write_token_items
from pv_engine.stimulus_sets.token_strip import GAP, strip

SIDE = 48
LINE = SIDE // 6


@pytest.fixture
def pictures():
    return [torch.full((3, SIDE, SIDE), value) for value in (0.0, 0.2, 0.4)]


def test_each_picture_has_its_word_below_and_white_beside_it(pictures):
    drawn = np.asarray(strip(pictures, ["a", "", "dog"])).astype(int)
    assert drawn.shape == (SIDE + LINE, 3 * SIDE + 2 * GAP, 3)
    for place, grey in enumerate((0, 51, 102)):
        left = place * (SIDE + GAP)
        assert (drawn[:SIDE, left : left + SIDE] == grey).all()
        assert (drawn[SIDE:, left : left + SIDE].min() < 200) == (place != 1)
    assert (drawn[:, SIDE : SIDE + GAP] == 255).all()


def test_a_long_word_stays_under_its_picture(pictures):
    drawn = np.asarray(strip(pictures, ["", "incomprehensibility", ""])).astype(int)
    below = drawn[SIDE:].min(axis=(0, 2))
    assert below[SIDE + GAP : 2 * SIDE + GAP].min() < 220
    assert (below[: SIDE + GAP] == 255).all()
    assert (below[2 * SIDE + GAP :] == 255).all()


def test_an_items_strip_has_the_words_so_far_and_never_its_answer(tmp_path, monkeypatch, pictures):
    shown = []
    monkeypatch.setattr(
        token_list, "strip", lambda drawn, words: shown.append(words) or strip(drawn, words)
    )
    words = {1: "a", 2: "dog", 3: "runs"}
    written = [
        WrittenToken(token, ((token, 0.9), (token % 3 + 1, 0.1)), torch.ones(SIDE, SIDE), picture)
        for token, picture in zip(words, pictures, strict=True)
    ]
    caption = Caption(pictures[0], "a photo of", written)
    found = write_token_items(tmp_path, [caption], lambda ids: " ".join(words[i] for i in ids))
    assert found == 3
    assert shown == [["?"], ["a", "?"], ["a", "dog", "?"]]
