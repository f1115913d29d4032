from pathlib import Path

import numpy as np
import pytest
from PIL import ExifTags, Image

from pv_engine.data.voc_source import VocSource
from pv_engine.errors import ImageDataError
from pv_engine.recipe import DataConfig


def write_voc(root: Path, annotations: dict[str, list[tuple[str, int]]]) -> None:
    """A data set in VOC's layout; each image has (class, difficult) objects."""
    folder = root / "VOCdevkit" / "VOC2012"
    for name in ("JPEGImages", "Annotations", "ImageSets/Main"):
        (folder / name).mkdir(parents=True)
    for name, objects in annotations.items():
        Image.new("RGB", (60, 40), (10, 200, 30)).save(folder / "JPEGImages" / f"{name}.jpg")
        xml = "".join(
            f"<object><name>{kind}</name><difficult>{difficult}</difficult></object>"
            for kind, difficult in objects
        )
        (folder / "Annotations" / f"{name}.xml").write_text(f"<annotation>{xml}</annotation>")
    for split in ("train", "val"):
        (folder / "ImageSets" / "Main" / f"{split}.txt").write_text("\n".join(annotations))


def source(root: Path, **settings) -> VocSource:
    return VocSource(DataConfig(kind="voc", root=str(root), **settings), root, seed=1)


@pytest.fixture
def voc(tmp_path):
    write_voc(
        tmp_path,
        {"a": [("dog", 0), ("dog", 0), ("sofa", 1)], "b": [("person", 0)], "c": [("cat", 1)]},
    )
    return tmp_path


def test_labels_are_the_classes_of_the_annotated_objects_each_once(voc):
    assert source(voc).names("train") == ["a", "b", "c"]
    assert source(voc).labels("a") == ("dog",)


def test_difficult_objects_count_when_the_recipe_says_so(voc):
    assert source(voc, difficult="count").labels("a") == ("dog", "sofa")
    assert source(voc).labels("c") == ()


def test_images_are_loaded_as_squares(voc):
    assert source(voc).load("b", 32).size == (32, 32)


def test_a_missing_devkit_is_named_with_both_ways_out(tmp_path):
    with pytest.raises(ImageDataError, match=r"must contain VOCdevkit/VOC2012, or set data\.down"):
        source(tmp_path).names("train")


def test_a_damaged_annotation_is_named(voc):
    (voc / "VOCdevkit" / "VOC2012" / "Annotations" / "b.xml").write_text("<annotation>")
    with pytest.raises(ImageDataError, match=r"b\.xml cannot be read"):
        source(voc).labels("b")


@pytest.mark.parametrize(
    "xml", ["<annotation><object><difficult>0</difficult></object></annotation>",
            "<annotation><object>dog</object></annotation>"],
)  # fmt: skip
def test_an_object_without_a_name_is_an_error_of_its_annotation(voc, xml):
    (voc / "VOCdevkit" / "VOC2012" / "Annotations" / "b.xml").write_text(xml)
    with pytest.raises(ImageDataError, match=r"b\.xml contains an object without a name"):
        source(voc).labels("b")


@pytest.mark.parametrize("xml", ["<annotation></annotation>", "<annotation>none</annotation>"])
def test_an_annotation_without_objects_gives_no_label(voc, xml):
    (voc / "VOCdevkit" / "VOC2012" / "Annotations" / "b.xml").write_text(xml)
    assert source(voc).labels("b") == ()


def test_voc_2007_is_read_from_its_own_folder_with_its_test_set(voc):
    folder = voc / "VOCdevkit"
    (folder / "VOC2012").rename(folder / "VOC2007")
    sets = folder / "VOC2007" / "ImageSets" / "Main"
    (sets / "test.txt").write_text("c")
    images = source(voc, year="2007", held_out_split="test", difficult="count")
    assert images.names("train") == ["a", "b", "c"]
    assert images.names("held_out") == ["c"]
    assert images.labels("c") == ("cat",)


def test_a_class_outside_vocs_twenty_is_named(tmp_path):
    write_voc(tmp_path, {"a": [("zebra", 0)]})
    with pytest.raises(ImageDataError, match=r"a\.xml names 'zebra', which is not a VOC class"):
        source(tmp_path).labels("a")


def test_nothing_is_downloaded_where_the_devkit_is_there(voc, monkeypatch):
    def refuse(*args, **kwargs):
        raise AssertionError("a download was tried")

    monkeypatch.setattr("torchvision.datasets.voc.download_and_extract_archive", refuse)
    assert source(voc, download=True).names("train") == ["a", "b", "c"]


@pytest.fixture
def archives(tmp_path, monkeypatch):
    """What torchvision asks for; each archive brings its own lists, as those of VOC 2007 do."""
    lists = {
        "VOCtrainval_06-Nov-2007.tar": ("train", "val", "trainval"),
        "VOCtest_06-Nov-2007.tar": ("test",),
    }
    asked = []

    def download(url, root, filename, md5):
        asked.append(filename)
        folder = tmp_path / "VOCdevkit" / "VOC2007" / "ImageSets" / "Main"
        folder.mkdir(parents=True, exist_ok=True)
        for name in lists[filename]:
            (folder / f"{name}.txt").write_text(f"{name}-1\n{name}-2\n")

    monkeypatch.setattr("torchvision.datasets.voc.download_and_extract_archive", download)
    return asked


def test_each_archive_is_downloaded_once_and_only_if_a_split_needs_it(tmp_path, archives):
    settings = {"year": "2007", "download": True}
    voc = source(tmp_path, train_split="train", held_out_split="val", **settings)
    assert (voc.names("train"), voc.names("held_out")) == (
        ["train-1", "train-2"], ["val-1", "val-2"],
    )  # fmt: skip
    assert archives == ["VOCtrainval_06-Nov-2007.tar"]
    voc = source(tmp_path, train_split="trainval", held_out_split="test", **settings)
    assert (voc.names("train"), voc.names("held_out")) == (
        ["trainval-1", "trainval-2"], ["test-1", "test-2"],
    )  # fmt: skip
    assert archives[1:] == ["VOCtest_06-Nov-2007.tar"]
    voc.names("held_out")
    assert len(archives) == 2


@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_mask_is_turned_as_its_photograph_is(tmp_path, orientation):
    devkit = tmp_path / "VOCdevkit" / "VOC2012"
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = orientation
    mask = np.zeros((32, 48), np.uint8)
    mask[3:11, 10:40] = 12
    for folder in ("JPEGImages", "SegmentationClass"):
        (devkit / folder).mkdir(parents=True)
    bright = Image.fromarray(np.where(mask, 255, 0).astype(np.uint8))
    bright.save(devkit / "JPEGImages" / "a.jpg", exif=exif, quality=100)
    Image.fromarray(mask).save(devkit / "SegmentationClass" / "a.png")
    images = VocSource(DataConfig(kind="voc", root=".", masks=True), tmp_path, seed=1)
    assert ((np.asarray(images.load("a", 32))[..., 0] > 128) == (images.mask("a", 32) == 12)).all()
