"""Masks that a source returns, and those that are files."""

import json
from typing import Any

import numpy as np
import pytest
from PIL import ExifTags, Image

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
    file = tmp_path / "a.png"
    Image.fromarray(np.full((4, 4), 257, np.uint16)).save(file)
    with pytest.raises(ImageDataError, match=r"a\.png has values from 257 to 257"):
        load_mask(file, file, 4)


def saved(file, sides, orientation):
    """A picture of these sides, width first."""
    tags = Image.Exif()
    if orientation:
        tags[ExifTags.Base.Orientation] = orientation
    Image.new("L", sides).save(file, exif=tags)
    return file


@pytest.mark.parametrize(
    ("mask", "own", "photograph", "orientation", "words"),
    [
        # Stored as the photograph is shown: of a half turn, nobody could know.
        ((4, 6), None, (6, 4), 6, r"a\.png has 6 x 4 pixels once turned as EXIF says"),
        ((6, 4), 1, (6, 4), 6, "save both with the same sides, upright and without an EXIF"),
        ((6, 6), None, (6, 4), 3, "once turned as EXIF says"),
        ((5, 5), None, (60, 40), None, r"has 5 x 5 pixels, and its photograph .*b\.png 60 x 40;"),
    ],
)
def test_a_mask_of_another_shape_than_its_photograph_is_refused_by_name(
    tmp_path, mask, own, photograph, orientation, words
):
    files = (
        saved(tmp_path / "a.png", mask, own),
        saved(tmp_path / "b.png", photograph, orientation),
    )
    with pytest.raises(ImageDataError, match=words):
        load_mask(*files, 4)


@pytest.mark.parametrize(
    ("mask", "own", "photograph", "orientation"),
    [
        ((4, 6), 1, (6, 4), 6),
        ((6, 4), 6, (6, 4), 6),
        ((250, 167), None, (1000, 667), None),
        ((6, 4), None, (12, 8), 8),
    ],
)
def test_a_mask_may_be_smaller_and_may_have_its_own_orientation(
    tmp_path, mask, own, photograph, orientation
):
    files = (
        saved(tmp_path / "a.png", mask, own),
        saved(tmp_path / "b.png", photograph, orientation),
    )
    assert load_mask(*files, 4).shape == (4, 4)
