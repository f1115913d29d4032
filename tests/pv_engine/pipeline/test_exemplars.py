"""Exemplars in a whole build on a tiny folder of pictures."""

import json
import shutil
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from pv_engine.errors import ImageDataError, SaliencyError
from pv_engine.pipeline.stimulus_build import StimulusBuild
from pv_engine.recipe.reading import parse_recipe
from pv_engine.stimulus_sets.manifest import content_sha256
from tests.pv_engine.conftest import TINY_RECIPE, write_photos
from tests.pv_engine.pipeline.test_stimulus_build import build, manifest_of

CONDITIONS = '["gradcam", "none", "pv", "pv_exemplar", "pv_exemplars", "exemplar_random"]'
SHOWN = (f"rendering.conditions={CONDITIONS}", "exemplar.shift=1")


@pytest.fixture(scope="module")
def recipe(tmp_path_factory):
    folder = tmp_path_factory.mktemp("exemplars")
    write_photos(folder / "photos")
    return parse_recipe(TINY_RECIPE, "tiny.toml", folder, SHOWN)


@pytest.fixture(scope="module")
def built(recipe):
    return build(recipe, recipe.folder / "work", recipe.folder / "out")


@pytest.fixture(scope="module")
def manifest(built):
    return manifest_of(built)


def until(recipe, work: Path, phase: str) -> StimulusBuild:
    """A build whose phase is the next one."""
    whole = StimulusBuild(recipe, work, work / "out")
    while next(each for each in whole.phases if not each.is_done).name != phase:
        whole.advance(60.0)
    return whole


def test_interruptions_change_neither_a_picture_nor_a_digit(recipe, built, tmp_path):
    again = build(recipe, tmp_path / "work", tmp_path / "out", seconds=0.0)
    assert (again / "manifest.json").read_bytes() == (built / "manifest.json").read_bytes()


def test_exemplars_come_from_what_the_classifier_learnt_from(recipe, manifest):
    workspace = StimulusBuild(
        recipe, recipe.folder / "work", recipe.folder / "out"
    ).render.workspace
    training = {workspace.training_name(number) for number in range(len(workspace.training()[0]))}
    assert 0 < len(training) < 48, "some of the training images only choose the best weights"
    found = manifest["exemplars"]["found"]
    assert list(found) == [entry["name"] for entry in (*manifest["items"], *manifest["examples"])]
    for item in found.values():
        assert len(item["exemplars"]) == 8
        for exemplar in (*item["exemplars"], item["control"], *item["halves"]):
            assert exemplar["source"] in training
            assert exemplar["labels"] == [exemplar["source"].split("/")[1]]


def test_no_two_items_show_the_same_training_picture(manifest):
    firsts = [each["exemplars"][0]["source"] for each in manifest["exemplars"]["found"].values()]
    assert len(set(firsts)) == len(firsts) == 7


def test_the_bank_says_how_large_it_is(manifest):
    assert manifest["exemplars"]["bank"] == 43
    assert manifest["exemplars"]["near_duplicates"] == 0


def test_every_measure_is_published_by_stratum(manifest):
    strata = manifest["exemplars"]["strata"]
    assert {name: part["pictures"] for name, part in strata.items()} == {
        "model_wrong": 2, "model_right": 3, "all": 5,
    }  # fmt: skip
    for part in strata.values():
        assert part["cosine"] > part["cosine_control"]
        assert part["cosine"] >= part["cosine_best_of_truth"] - 0.2
        assert set(part["model_agrees"]) == {
            "original", "gradcam", "pv", "pv_exemplar", "pv_exemplars", "exemplar_random",
            "whole_exemplar",
        }  # fmt: skip
        assert all(0 <= share <= 1 for share in part["model_agrees"].values())


def test_no_measure_changes_the_content_hash(manifest):
    changed = json.loads(json.dumps(manifest))
    changed["exemplars"]["strata"] = {}
    assert content_sha256(changed) == manifest["content_sha256"]


def test_the_manifest_says_that_it_is_no_reconstruction(manifest):
    assert "is not a reconstruction: it is the training picture" in manifest["exemplars"]["note"]
    assert "answer helped" not in manifest["exemplars"]["note"]


def test_where_the_answer_helps_to_choose_the_manifest_says_so(tiny_recipe, tmp_path):
    recipe = tiny_recipe(*SHOWN, "exemplar.head_share=0.5")
    manifest = manifest_of(build(recipe, tmp_path / "work", tmp_path / "out"))
    assert manifest["exemplars"]["note"].endswith(
        "The model's answer helped to choose it (exemplar.head_share = 0.5)."
    )


def test_the_shown_picture_is_the_training_picture_under_the_map(recipe, built, manifest):
    """With every shift 0, white where the map is 0 and the training picture where it is 1."""
    source = StimulusBuild(
        recipe, recipe.folder / "work", recipe.folder / "out"
    ).render.workspace.source
    checked = 0
    for entry in manifest["items"]:
        exemplar = manifest["exemplars"]["found"][entry["name"]]["exemplars"][0]
        masks = {}
        for kind, origin in (("gradcam", entry["source"]), ("pv_exemplar", exemplar["source"])):
            with Image.open(built / "images" / entry["images"][kind]) as shown:
                pixels = np.asarray(shown.convert("RGB"), dtype=float)
            whole = np.asarray(source.load(origin, 48), dtype=float)
            if kind == "pv_exemplar":
                down, right = (24 * cells for cells in exemplar["shift"])
                if (down, right) != (0, 0):
                    continue
            masks[kind] = ((255 - pixels).sum(axis=2) / (255 - whole).sum(axis=2)).clip(0, 1)
        if len(masks) == 2:
            checked += 1
            assert np.abs(masks["gradcam"] - masks["pv_exemplar"]).mean() < 0.06
    assert checked


def test_a_near_duplicate_of_an_item_is_left_out(tiny_recipe, photos, tmp_path):
    first = until(tiny_recipe(*SHOWN), tmp_path / "first", "exemplars").render
    copied = photos / first.workspace.held_out_name(first._picks[0].row)
    classes = sorted(path.name for path in (photos / "train").iterdir())
    for name in classes:
        with Image.open(copied) as picture:
            picture.save(photos / "train" / name / "00.png")
    # The pictures are read again, the network stays as it is.
    shutil.rmtree(tmp_path / "first" / "data")
    manifest = manifest_of(build(tiny_recipe(*SHOWN), tmp_path / "first", tmp_path / "out"))
    assert 0 < manifest["exemplars"]["near_duplicates"] <= len(classes)
    for item in manifest["exemplars"]["found"].values():
        shown = (*item["exemplars"], item["control"], item["best_of_truth"], *item["halves"])
        assert not any(each["source"].endswith("/00.png") for each in shown)


def test_a_bank_smaller_than_the_neighbours_stops_the_build(tiny_recipe, tmp_path):
    recipe = tiny_recipe(*SHOWN, "exemplar.bank=14")
    with pytest.raises(
        ImageDataError, match="bank has at most 14 training pictures, but 15 are needed"
    ):
        build(recipe, tmp_path / "work", tmp_path / "out")
    assert not (tmp_path / "work" / "decoder").exists()


def test_a_class_without_training_pictures_stops_the_build(tiny_recipe, photos, tmp_path):
    for path in (photos / "train" / "red").iterdir():
        path.unlink()
    with pytest.raises(ImageDataError, match="The class 'red' has no training picture in the"):
        build(tiny_recipe(*SHOWN), tmp_path / "work", tmp_path / "out")


def test_a_training_picture_that_has_gone_is_named(tiny_recipe, photos, tmp_path):
    render = until(tiny_recipe(*SHOWN), tmp_path / "work", "render").render
    name = render.workspace.exemplars["found"][0]["exemplars"][0]["source"]
    (photos / name).unlink()
    with pytest.raises(ImageDataError, match=f"training picture {name} is an exemplar but cannot"):
        render.work(0)


def test_an_empty_map_is_named(tiny_recipe, tmp_path):
    whole = until(tiny_recipe(*SHOWN), tmp_path / "work", "exemplars")
    path = tmp_path / "work" / "select" / "maps.npy"
    np.save(path, np.zeros_like(np.load(path)))
    with pytest.raises(SaliencyError, match="map of item-01 highlights nothing"):
        whole.advance(60.0)


def test_the_bank_is_computed_again_where_another_worker_filled_it(recipe, built, tmp_path):
    """Features are large and left on the machine that made them."""
    for name in ("data", "classifier", "select", "exemplars"):
        shutil.copytree(recipe.folder / "work" / name, tmp_path / name)
    for path in (tmp_path / "exemplars").glob("features-*"):
        path.unlink()
    (tmp_path / "exemplars" / "exemplars.json").unlink()
    shutil.rmtree(tmp_path / "exemplars" / "found")
    again = StimulusBuild(recipe, tmp_path, tmp_path / "out")
    while not again.phases[3].is_done:
        again.advance(60.0)
    first, second = (
        (folder / "exemplars" / "exemplars.json").read_bytes()
        for folder in (recipe.folder / "work", tmp_path)
    )
    assert first == second
