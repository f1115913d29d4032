from pathlib import Path

import pytest
from PIL import Image

from pv_engine.data.csv_source import CsvSource
from pv_engine.errors import ImageDataError
from pv_engine.recipe import DataConfig

TRAIN = "filename,labels\na.png,cat; dog\nb.png,tree\n"
HELD_OUT = "filename,labels\nc.png,dog\nd.png,\n"


def source(root: Path, train: str = TRAIN, held_out: str = HELD_OUT, **settings) -> CsvSource:
    (root / "train.csv").write_text(train)
    (root / "val.csv").write_text(held_out)
    return CsvSource(DataConfig(kind="csv", root=str(root), **settings), root, seed=1)


def test_labels_are_separated_by_semicolons_and_make_the_classes(tmp_path):
    images = source(tmp_path)
    assert images.classes == ("cat", "dog", "tree")
    assert images.labels("a.png") == ("cat", "dog")
    assert images.labels("d.png") == ()


def test_splits_are_their_own_files(tmp_path):
    images = source(tmp_path)
    assert images.names("train") == ["a.png", "b.png"]
    assert images.names("held_out") == ["c.png", "d.png"]


def test_file_names_are_read_from_the_root(tmp_path):
    Image.new("RGB", (20, 30)).save(tmp_path / "a.png")
    assert source(tmp_path).load("a.png", 32).size == (32, 32)


@pytest.mark.parametrize(
    ("train", "held_out", "sentence"),
    [
        ("file,labels\na,b\n", HELD_OUT, r"train\.csv lacks the column 'filename'"),
        ("filename,labels\n", HELD_OUT, r"train\.csv has no rows"),
        ("filename,labels\na.png,cat\n", HELD_OUT, r"train\.csv names 1 classes"),
        (TRAIN, "filename,labels\nc.png,fish\n", r"val\.csv gives c\.png the label 'fish'"),
        (TRAIN + "a.png,dog\n", HELD_OUT, r"Line 4 of .*train\.csv names 'a\.png' again"),
        (TRAIN + ",dog\n", HELD_OUT, r"Line 4 of .*train\.csv names 'no image'"),
        (TRAIN, "filename,labels\na.png,dog\n", r"a\.png is in .*train\.csv and in .*val\.csv"),
    ],
)
def test_a_wrong_list_is_named_with_what_would_be_right(tmp_path, train, held_out, sentence):
    with pytest.raises(ImageDataError, match=sentence):
        source(tmp_path, train, held_out)


def test_a_spreadsheets_byte_order_mark_and_further_columns_do_no_harm(tmp_path):
    images = source(tmp_path, "\ufefffilename,labels,note\na.png,cat;dog,x\n")
    assert images.labels("a.png") == ("cat", "dog")


def test_a_missing_list_is_named(tmp_path):
    with pytest.raises(ImageDataError, match=r"train\.csv cannot be read"):
        CsvSource(DataConfig(kind="csv", root=str(tmp_path)), tmp_path, seed=1)
