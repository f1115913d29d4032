"""Photographs and masks in two folders."""

import numpy as np
import pytest
from PIL import ExifTags, Image

from pv_engine.data.mask_folder_source import MaskFolderSource
from pv_engine.errors import ImageDataError
from pv_engine.recipe import DataConfig

NAMES = "name\nball\nbox\n"


def source(root, **settings):
    return MaskFolderSource(DataConfig(kind="mask_folder", root="x", **settings), root, seed=1)


def write(root, name, values, suffix="png", split="val", orientation=None):
    """An image with the values of its mask as greys."""
    values = np.asarray(values, np.uint8)
    for kind, ending in (("images", suffix), ("masks", "png")):
        file = root / split / kind / f"{name}.{ending}"
        file.parent.mkdir(parents=True, exist_ok=True)
        tags = Image.Exif()
        if orientation and kind == "images":
            tags[ExifTags.Base.Orientation] = orientation
        Image.fromarray(values).save(file, exif=tags)


@pytest.fixture
def root(tmp_path):
    (tmp_path / "classes.csv").write_text(NAMES)
    write(tmp_path, "a", [[0, 1], [2, 255]])
    return tmp_path


def test_a_mask_has_the_name_of_its_image(root):
    write(root, "rooms/b", [[2, 2], [0, 0]], suffix="JPG")
    write(root, ".hidden", [[2, 2], [0, 0]])
    images = source(root)
    assert images.names("held_out") == ["val/images/a.png", "val/images/rooms/b.JPG"]
    assert images.classes == ("ball", "box")
    assert np.array_equal(images.mask("val/images/a.png", 2), [[0, 1], [2, 255]])
    assert images.labels("val/images/a.png") == ("ball", "box")
    assert images.labels("val/images/rooms/b.JPG") == ("box",)
    assert images.load("val/images/a.png", 2).size == (2, 2)


@pytest.mark.parametrize(
    ("listed", "expected"),
    [
        ("label,name\n255,ball\n1,box\n2,kite\n", [[0, 2], [3, 1]]),
        ("name,label\nsky,0\nball,2\nbox,1\n", [[1, 3], [2, 255]]),
    ],
)
def test_the_list_says_which_values_are_which_classes(root, listed, expected):
    (root / "classes.csv").write_text(listed)
    assert np.array_equal(source(root).mask("val/images/a.png", 2), expected)


def test_limits_take_a_seeded_choice(root):
    for number in range(5):
        write(root, f"more{number}", [[1, 1], [1, 1]])
    assert len(source(root, held_out=3).names("held_out")) == 3


@pytest.mark.parametrize(
    ("listed", "words"),
    [
        ("label,name\n1,ball\n7,box\n", r"masks/a\.png has the value 2, which is none"),
        ("label,name\n1,ball\n01,box\n", "must have another whole number from 0 to 255"),
        ("label,name\n1,ball\n256,box\n", "must have another whole number"),
        ("label,name\nround,ball\n2,box\n", "must have another whole number"),
        ("name\n" + "\n".join(f"class {n}" for n in range(255)), "255 classes; masks have 254"),
    ],
)
def test_a_list_that_fits_no_mask_is_refused(root, listed, words):
    (root / "classes.csv").write_text(listed)
    with pytest.raises(ImageDataError, match=words):
        source(root).mask("val/images/a.png", 2)


def test_what_is_missing_is_named(root):
    (root / "val" / "masks" / "a.png").unlink()
    with pytest.raises(ImageDataError, match=r"The mask .*val/masks/a\.png does not exist"):
        source(root).labels("val/images/a.png")
    with pytest.raises(ImageDataError, match=r"The folder .*train/images does not exist"):
        source(root).names("train")
    (root / "train" / "images").mkdir(parents=True)
    with pytest.raises(ImageDataError, match="contains no images"):
        source(root).names("train")
    (root / "classes.csv").unlink()
    with pytest.raises(ImageDataError, match=r"classes\.csv does not exist; write one"):
        source(root)


def test_two_images_of_one_mask_are_refused(root):
    write(root, "a", [[0, 0], [0, 0]], suffix="bmp")
    with pytest.raises(ImageDataError, match=r"a\.bmp and val/images/a\.png have the same mask"):
        source(root).names("held_out")


def test_a_mask_is_turned_with_its_photograph(root):
    values = np.zeros((4, 6), np.uint8)
    values[:2, :3] = 1
    write(root, "turned", values, orientation=6)
    images = source(root)
    shown = np.asarray(images.load("val/images/turned.png", 4))[..., 0]
    assert np.array_equal(images.mask("val/images/turned.png", 4), shown)
    assert shown.any()
