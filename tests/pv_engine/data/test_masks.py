"""Masks that a source of one's own returns."""

import json
from typing import Any

import numpy as np
import pytest
from PIL import Image

from pv_engine.data.class_list import relabelled
from pv_engine.data.masks import load_mask, true_mask
from pv_engine.errors import ImageDataError


class Drawn:
    """A source of two classes, all of whose masks are one array."""

    classes = ("ball", "box")

    def __init__(self, found):
        self.found = found

    def mask(self, name, size):
        return self.found


def test_a_mask_may_have_every_class_and_pixels_that_do_not_count():
    mask = np.array([[0, 1], [2, 255]])
    found = true_mask(Drawn(mask), "a.png", 2)
    assert found.dtype == np.uint8
    assert np.array_equal(found, mask)


@pytest.mark.parametrize(
    ("mask", "words"),
    [
        (np.full((2, 2), 3), r"of a\.png has the class number 3, but there are 2 classes"),
        (np.full((2, 2), -1), "the class number -1"),
        (np.zeros((2, 2, 3), np.uint8), r"the shape \(2, 2, 3\) .* an array \(2, 2\) of whole"),
        (np.zeros((4, 4), np.uint8), r"the shape \(4, 4\)"),
        (np.zeros((2, 2)), "the type float64"),
    ],
)
def test_a_mask_that_no_class_fits_is_refused_with_the_images_name(mask, words):
    with pytest.raises(ImageDataError, match=words):
        true_mask(Drawn(mask), "a.png", 2)


def test_masks_get_the_numbers_of_a_list_of_classes_in_another_order(tmp_path):
    listed = tmp_path / "classes.json"
    listed.write_text(json.dumps(["kite", "box", "ball"]))
    drawn: Any = Drawn(np.array([[0, 1], [2, 255]]))
    source = relabelled(drawn, listed)
    assert np.array_equal(true_mask(source, "a.png", 2), [[0, 3], [2, 255]])


def test_a_mask_whose_numbers_need_16_bits_is_refused_instead_of_cut(tmp_path):
    Image.fromarray(np.full((4, 4), 257, np.uint16)).save(tmp_path / "a.png")
    with pytest.raises(ImageDataError, match=r"a\.png has values from 257 to 257"):
        load_mask(tmp_path / "a.png", 4)
