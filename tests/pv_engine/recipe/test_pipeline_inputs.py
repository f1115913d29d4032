"""What a build takes from its data and its weights, and what it says of them afterwards."""

import hashlib
import json
import shutil

import pytest
import torch
from PIL import Image

from pv_engine.networks.families.known import create_network
from pv_engine.networks.weights.files import save_weights
from pv_engine.pipeline.stimulus_build import StimulusBuild
from pv_engine.recipe.reading import Places, parse_recipe
from tests.pv_engine.conftest import TINY_RECIPE
from tests.pv_engine.data.test_voc_source import write_voc
from tests.pv_engine.pipeline.test_stimulus_build import build, manifest_of


def trained(recipe, work):
    """The bytes of the classifier's and the decoder's weights, and the measures on the way."""
    whole = StimulusBuild(recipe, work, work / "out")
    while whole.advance(60.0).phase != "render":
        pass
    return [(work / name).read_bytes() for name in (
        "classifier/classifier.safetensors", "decoder/decoder.safetensors"
    )]  # fmt: skip


def test_no_choice_of_weights_rests_on_the_held_out_images(tiny_recipe, photos, tmp_path):
    before = trained(tiny_recipe(), tmp_path / "one")
    # Other pictures under other labels: whatever looked at them would now choose otherwise.
    shutil.move(photos / "val" / "red", photos / "val" / "swap")
    shutil.move(photos / "val" / "blue", photos / "val" / "red")
    shutil.move(photos / "val" / "swap", photos / "val" / "blue")
    for path in (photos / "val").glob("*/0*.png"):
        Image.new("RGB", (36, 40), (1, 2, 3)).save(path)
    assert trained(tiny_recipe(), tmp_path / "two") == before


def test_the_manifest_says_how_good_the_classifier_is_on_which_pictures(tiny_recipe, tmp_path):
    classifier = manifest_of(build(tiny_recipe(), tmp_path / "work", tmp_path / "out"))[
        "classifier"
    ]
    quality = classifier["quality"]
    assert quality["pictures"] == 64
    precisions = quality["average_precision"]
    assert list(precisions) == ["amber", "blue", "green", "red"]
    assert quality["mean_average_precision"] == pytest.approx(sum(precisions.values()) / 4)
    assert (classifier["mean"], classifier["std"]) == ([0.5], [0.5])
    assert classifier["start"] == {"weights": "random"}


def test_images_that_were_left_out_are_named_in_the_manifest(tiny_recipe, photos, tmp_path):
    (photos / "val" / "red" / "03.png").write_bytes(b"no image")
    recipe = tiny_recipe("data.on_bad_image=skip")
    manifest = manifest_of(build(recipe, tmp_path / "work", tmp_path / "out"))
    assert manifest["left_out"] == {"train": [], "held_out": ["val/red/03.png"]}
    assert manifest["classifier"]["quality"]["pictures"] == 63
    assert all(item["source"] != "val/red/03.png" for item in manifest["items"])


def test_a_short_stratum_is_reported_in_the_manifest_and_the_log(tiny_recipe, tmp_path, caplog):
    recipe = tiny_recipe("selection.model_right=500", "selection.on_shortage=fewer")
    manifest = manifest_of(build(recipe, tmp_path / "work", tmp_path / "out"))
    found = [item["stratum"] for item in manifest["items"]].count("model_right")
    assert manifest["shortage"] == {"model_right": {"asked": 500, "found": found}}
    assert f"Only {found} of 500 model_right items were found." in caplog.text


def test_nothing_is_said_of_a_shortage_where_there_is_none(tiny_recipe, tmp_path):
    recipe = tiny_recipe("selection.on_shortage=fewer")
    assert "shortage" not in manifest_of(build(recipe, tmp_path / "work", tmp_path / "out"))


VOC_RECIPE = TINY_RECIPE.replace('"image_folder"', '"voc"')


@pytest.fixture
def voc(tmp_path):
    """Twenty-four images of four classes in VOC's layout, one with a damaged annotation."""
    kinds = ["dog", "cat", "boat", "car"]
    write_voc(
        tmp_path / "elsewhere",
        {f"{index:03d}": [(kinds[index % 4], 0)] for index in range(24)},
    )
    folder = tmp_path / "elsewhere" / "VOCdevkit" / "VOC2012"
    sets = folder / "ImageSets" / "Main"
    names = (sets / "train.txt").read_text().split()
    for split, part in (("train", names[:14]), ("val", names[14:])):
        (sets / f"{split}.txt").write_text("\n".join(part))
    (folder / "Annotations" / "003.xml").write_text("<annotation>")
    return tmp_path / "elsewhere"


def test_a_recipe_runs_unchanged_on_data_and_weights_from_elsewhere(voc, tmp_path):
    """As `voc2012.toml` does with --data-root and --weights, on a network with a general head."""
    text = VOC_RECIPE.replace('root = "photos"', 'root = "voc"\ndownload = true').replace(
        "width = 4\n", 'architecture = "timm:test_convnext"\nweights = "default"\n', 1
    )
    recipe = parse_recipe(
        text,
        "voc.toml",
        tmp_path,
        ["data.image_size=64", "data.on_bad_image=skip", "selection.on_shortage=fewer",
],
    )  # fmt: skip
    weights = tmp_path / "given.safetensors"
    torch.manual_seed(5)
    save_weights(create_network(recipe.classifier, 1000), weights)
    at = recipe.at(Places(voc, weights))
    folder = build(at, tmp_path / "work", tmp_path / "out")
    manifest = manifest_of(folder)
    assert manifest["items"]
    assert manifest["left_out"]["train"] == ["003"]
    assert manifest["recipe_sha256"] == recipe.sha256
    assert manifest["recipe"]["data"]["root"] == "voc"
    digest = hashlib.sha256(weights.read_bytes()).hexdigest()
    assert manifest["classifier"]["start"] == {"weights": "file", "sha256": digest}
    assert len(manifest["classifier"]["mean"]) == 3
    assert str(tmp_path) not in json.dumps(manifest)
