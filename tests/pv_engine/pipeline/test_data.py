"""What the data phase refuses, leaves out, and says."""

import csv
import json
import shutil

import numpy as np
import pytest

from pv_engine.errors import ImageDataError, RecipeError
from pv_engine.pipeline.data import DataPhase
from pv_engine.pipeline.workspace import Workspace
from pv_engine.runtime.device import choose_device


def read(recipe, folder):
    """The finished data phase's workspace."""
    workspace = Workspace(recipe, folder, choose_device())
    phase = DataPhase(workspace)
    while not phase.is_done:
        phase.advance(60)
    return workspace


@pytest.fixture
def listed(photos):
    """Makes lists of the pictures, with other labels for one of them."""

    def write(labels):
        for split in ("train", "val"):
            names = sorted(photos.glob(f"{split}/*/*.png"))
            with (photos / f"{split}.csv").open("w") as stream:
                rows = csv.writer(stream)
                rows.writerow(["filename", "labels"])
                for name in names:
                    rows.writerow([name.relative_to(photos), name.parent.name])
            if split == "val":
                text = (photos / "val.csv").read_text().replace("00.png,amber", f"00.png,{labels}")
                (photos / "val.csv").write_text(text)

    return write


@pytest.mark.parametrize(("labels", "found"), [("", "none"), ("amber;red", "amber, red")])
def test_a_single_label_image_without_exactly_one_label_is_refused(
    tiny_recipe, listed, tmp_path, labels, found
):
    listed(labels)
    with pytest.raises(ImageDataError, match=rf"val/amber/00\.png must have one .* has {found};"):
        read(tiny_recipe("data.kind=csv"), tmp_path / "work")


def test_such_an_image_is_left_out_by_name_where_the_recipe_says_so(tiny_recipe, listed, tmp_path):
    listed("amber;red")
    workspace = read(tiny_recipe("data.kind=csv", "data.on_bad_image=skip"), tmp_path / "work")
    assert workspace.left_out() == {"train": [], "held_out": ["val/amber/00.png"]}


def test_several_labels_are_fine_where_there_may_be_several(tiny_recipe, listed, tmp_path):
    listed("amber;red")
    recipe = tiny_recipe("data.kind=csv", "classifier.task=multi_label")
    assert read(recipe, tmp_path / "work").left_out()["held_out"] == []


def test_the_same_picture_in_both_splits_is_said(tiny_recipe, photos, tmp_path, caplog):
    shutil.copy(photos / "train" / "red" / "03.png", photos / "val" / "red" / "copy.png")
    workspace = read(tiny_recipe(), tmp_path / "work")
    said = (
        "1 held-out images are the same pictures as training images, such as val/red/copy.png and "
        "train/red/03.png; held-out measures count what was trained on."
    )
    assert workspace.notes() == [said]
    assert said in caplog.text


def test_names_are_listed_once(tiny_recipe, photos, tmp_path):
    workspace = Workspace(tiny_recipe(), tmp_path / "work", choose_device())
    DataPhase(workspace).advance(0)
    before = json.loads((tmp_path / "work" / "data" / "listed.json").read_text())
    shutil.copy(photos / "train" / "red" / "03.png", photos / "train" / "red" / "later.png")
    DataPhase(workspace).advance(60)
    assert json.loads(workspace.names_path.read_text()) == before


def test_participants_see_all_detail_where_the_network_sees_less(tiny_recipe, tmp_path):
    whole = read(tiny_recipe(), tmp_path / "whole")
    weakened = read(tiny_recipe("data.detail=8"), tmp_path / "weakened")
    name = whole.held_out_name(0)
    assert weakened.view.load(name, 48).tobytes() == whole.view.load(name, 48).tobytes()
    steps = [
        np.abs(np.diff(workspace.held_out()[0].array[0].astype(int))).mean()
        for workspace in (whole, weakened)
    ]
    assert steps[1] < steps[0] / 2


def test_more_detail_than_the_network_sees_is_refused(tiny_recipe):
    with pytest.raises(
        RecipeError, match=r"data\.detail must not exceed image_size, 32, but is 40"
    ):
        tiny_recipe("data.detail=40")
