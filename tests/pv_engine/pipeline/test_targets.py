"""Maps and visualizations about other classes than the top one (figure 1 of the paper)."""

import io
import json

import pytest
import torch
from PIL import Image

from pv_engine.errors import RecipeError
from pv_engine.explain.perception import masked
from pv_engine.explain.saliency import saliency_maps
from pv_engine.explain.targets import MISSING, target_classes
from pv_engine.items.pictures import read_picture, to_picture, to_tensor
from pv_engine.pipeline.select import read_picks
from pv_engine.recipe.conditions import introduction
from pv_engine.recipe.reading import parse_recipe
from pv_engine.stimulus_sets.manifest import read_manifest
from pv_engine.stimulus_sets.writing import compressed
from surveys.protocol.against_stimuli import check_stimuli
from surveys.protocol.reader import parse_protocol
from surveys.studies.protocols.starter import starter_protocol
from tests.pv_engine.conftest import TINY_RECIPE, advanced
from toml_files.document import Document

TARGETS = 'rendering.targets=["top", "second", "true", "each:red, blue"]'
FURTHER = ("second", "true", "red", "blue")


@pytest.fixture(scope="module")
def build(shared_recipe):
    """A finished build with further targets; tests only read it."""
    recipe = parse_recipe(TINY_RECIPE, "tiny.toml", shared_recipe.folder, [TARGETS])
    return advanced(recipe, shared_recipe.folder / "targets")


def test_each_target_has_its_pictures_about_its_own_class(build):
    workspace, folder = build.publish.workspace, build.publish.stimulus_folder
    manifest = read_manifest(folder)
    kinds = [f"{kind}@{target}" for target in FURTHER for kind in ("gradcam", "pv")]
    assert manifest["conditions"] == ["gradcam", "pv", *kinds]
    picks = read_picks(json.loads(workspace.picks_path.read_text())["items"])
    pictures, _ = workspace.held_out()
    classes = workspace.source.classes
    assert {item["stratum"] for item in manifest["items"]} == {"model_wrong", "model_right"}
    for pick, item in zip(picks, manifest["items"], strict=True):
        said = item["targets"]
        assert said["true"] == item["true_labels"][0]
        assert (said["red"], said["blue"]) == ("red", "blue")
        assert said["second"] != item["prediction"]
        features, head = workspace.classifier.seen(pictures.batch(torch.tensor([pick.row])))
        for target, name in said.items():
            number = torch.tensor([classes.index(name)])
            maps = saliency_maps("gradcam", head, features, number, 48)
            original = to_tensor(workspace.view.load(workspace.held_out_name(pick.row), 48))
            content = compressed(to_picture(masked(original[None], maps)[0]), 90)
            expected = to_tensor(Image.open(io.BytesIO(content)).convert("RGB"))
            shown = read_picture(folder / "images" / item["images"][f"gradcam@{target}"])
            assert float((shown - expected).abs().mean()) < 0.002
        same = item["images"]["gradcam@true"] == item["images"]["gradcam"]
        assert same == (item["stratum"] == "model_right")


def test_the_features_are_computed_once_for_all_targets(build, monkeypatch):
    workspace = build.publish.workspace
    passes = []
    workspace.classifier.encoder.register_forward_hook(lambda *_: passes.append(1))
    build.render.work(0)
    assert len(passes) == 1


def test_a_recipe_that_names_the_top_class_alone_gives_the_same_items(first_build, tmp_path):
    recipe = first_build.workspace.recipe
    named = parse_recipe(TINY_RECIPE, "tiny.toml", recipe.folder, ['rendering.targets=["top"]'])
    rows = [
        read_manifest(each.publish.stimulus_folder)["items"]
        for each in (first_build, advanced(named, tmp_path / "named"))
    ]
    assert rows[0] == rows[1]
    assert "targets" not in rows[0][0]
    assert "targets" not in recipe.settings["rendering"]


def test_further_pictures_are_conditions_that_a_protocol_may_name(build):
    manifest = read_manifest(build.publish.stimulus_folder)
    text = starter_protocol(manifest)
    protocol = parse_protocol(text, "own.toml")
    assert "pv@second" in [arm.name for arm in protocol.conditions]
    check_stimuli(protocol, manifest, Document.parse(text, "own.toml", RecipeError))
    assert "second most likely" in introduction("pv@second", {})
    assert "class “red”" in introduction("gradcam@red", {})
    assert introduction("pv", {}) in introduction("pv@red", {})


def test_the_true_class_is_the_likeliest_of_the_true_ones():
    logits = torch.tensor([[3.0, 1.0, 2.0], [3.0, 1.0, 2.0]])
    labels = torch.tensor([[0.0, 1.0, 1.0], [0.0, 0.0, 0.0]])
    classes = ("cat", "dog", "bird")
    assert target_classes("true", logits, labels, classes).tolist() == [2, MISSING]
    assert target_classes("second", logits, labels, classes).tolist() == [2, 2]
    assert target_classes("dog", logits, labels, classes).tolist() == [1, 1]


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        (['rendering.targets=["second"]'], "must name 'top'"),
        (['rendering.targets=["top", "last"]'], "must be top, second, true, or each"),
        (['rendering.targets=["top", "each:red,red"]'], "names 'red' more than once"),
        ([TARGETS, "rendering.saliency=eigencam"], "is the same for every class"),
        ([TARGETS, 'rendering.conditions=["none", "reconstruction"]'], "which only gradcam, "),
        (['rendering.targets=["top", "each:' + "x" * 60 + '"]'], "but it may have 50"),
    ],
)
def test_targets_that_cannot_be_drawn_are_refused(tiny_recipe, changes, words):
    with pytest.raises(RecipeError, match=words):
        tiny_recipe(*changes)


def test_a_class_that_the_data_lacks_is_refused_before_any_picture_is_read(tiny_recipe, tmp_path):
    recipe = tiny_recipe('rendering.targets=["top", "each:puce"]')
    with pytest.raises(RecipeError, match=r"'puce'.*it has amber, blue, green, red"):
        advanced(recipe, tmp_path / "work")
