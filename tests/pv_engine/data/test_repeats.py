"""Pictures that are in both splits."""

import numpy as np

from pv_engine.data.repeats import DIGEST, digest, repeated


def digests(*values):
    return np.stack([digest(np.full((3, 4, 4), value, dtype=np.uint8)) for value in values])


def test_it_finds_pictures_of_both_splits_by_their_pixels():
    assert repeated(digests(1, 2, 3, 2), digests(5, 2, 3)) == [(1, 1), (2, 2)]


def test_pictures_whose_digest_was_not_taken_are_not_the_same():
    blank = np.zeros((2, DIGEST), dtype=np.uint8)
    assert repeated(blank, blank) == []


def test_the_order_of_memory_does_not_matter():
    picture = np.arange(48, dtype=np.uint8).reshape(4, 4, 3)
    turned = picture.transpose(2, 0, 1)
    assert (digest(turned) == digest(np.ascontiguousarray(turned))).all()
