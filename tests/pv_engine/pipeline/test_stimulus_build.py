"""The whole engine on a tiny folder of pictures."""

import hashlib
import json
import shutil
from pathlib import Path
from typing import Any

import pytest
import torch
from PIL import Image

from pv_engine.errors import EngineError, ImageDataError, RecipeError, SelectionError, WeightsError
from pv_engine.pipeline.stimulus_build import StimulusBuild
from pv_engine.recipe.conditions import BUILT
from pv_engine.recipe.phases import phases_of
from pv_engine.recipe.resources import Resources
from pv_engine.stimulus_sets.manifest import content_sha256, read_manifest


def build(recipe, work: Path, out: Path, seconds: float = 60.0) -> Path:
    """Advance a new object each time, as a worker does, until the stimulus folder is there."""
    while True:
        progress = StimulusBuild(recipe, work, out).advance(seconds)
        if progress.stimulus_folder:
            return progress.stimulus_folder


@pytest.fixture(scope="module")
def built(shared_recipe):
    """A finished stimulus folder that the tests only read."""
    return build(shared_recipe, shared_recipe.folder / "work", shared_recipe.folder / "out")


def manifest_of(folder: Path) -> Any:
    return json.loads((folder / "manifest.json").read_text())


def test_the_same_recipe_gives_the_same_set_however_often_it_is_interrupted(
    tiny_recipe, tmp_path, built
):
    again = build(tiny_recipe(), tmp_path / "work2", tmp_path / "out2", seconds=0.0)
    assert again.name == built.name
    assert (again / "manifest.json").read_bytes() == (built / "manifest.json").read_bytes()


def test_another_seed_gives_another_set(tiny_recipe, tmp_path, built):
    other = build(tiny_recipe("seed=4"), tmp_path / "work2", tmp_path / "out")
    assert other.name != built.name


def test_the_folder_is_named_by_its_content(built):
    manifest = manifest_of(built)
    assert content_sha256(manifest) == manifest["content_sha256"]
    assert built.name == manifest["content_sha256"][:16]


def test_every_picture_is_named_by_its_hash_and_none_is_left_over(built):
    manifest = manifest_of(built)
    listed = {
        name
        for entry in manifest["items"] + manifest["examples"]
        for name in entry["images"].values()
    }
    found = {path.name for path in (built / "images").iterdir()}
    assert found == listed
    for name in found:
        content = (built / "images" / name).read_bytes()
        assert name == f"{hashlib.sha256(content).hexdigest()}.webp"


def test_pictures_have_the_shown_size_and_no_metadata(built):
    for path in (built / "images").iterdir():
        with Image.open(path) as picture:
            assert picture.size == (48, 48)
            assert not picture.getexif()
            assert not {"exif", "xmp", "icc_profile", "comment"} & set(picture.info)


def test_each_item_shows_the_original_and_every_condition(built):
    for entry in manifest_of(built)["items"]:
        assert set(entry["images"]) == {"original", "gradcam", "pv"}
        assert len(set(entry["images"].values())) == 3


def test_progress_never_goes_back_and_ends_at_1000(tiny_recipe, tmp_path):
    seen = []
    build_of = StimulusBuild(tiny_recipe(), tmp_path / "work", tmp_path / "out")
    while not seen or not seen[-1].stimulus_folder:
        seen.append(build_of.advance(0.0))
    permille = [progress.permille for progress in seen]
    assert permille == sorted(permille)
    assert permille[-1] == 1000
    assert [*dict.fromkeys(progress.phase for progress in seen)] == [
        "data", "classifier", "select", "decoder", "render", "quality", "publish",
    ]  # fmt: skip


def test_every_condition_can_be_drawn_and_none_draws_nothing(tiny_recipe, tmp_path):
    listed = ", ".join(f'"{name}"' for name in BUILT)
    recipe = tiny_recipe(f"rendering.conditions=[{listed}]", "exemplar.unique=true")
    folder = build(recipe, tmp_path / "work", tmp_path / "out")
    for entry in manifest_of(folder)["items"]:
        assert set(entry["images"]) == {"original", *BUILT} - {"none"}
    assert read_manifest(folder)["conditions"] == list(BUILT)


def test_a_residual_decoder_begins_at_the_best_linear_one_and_resumes(tiny_recipe, tmp_path):
    recipe = tiny_recipe("decoder.profile=residual")
    whole = build(recipe, tmp_path / "work", tmp_path / "out")
    cut = build(recipe, tmp_path / "work2", tmp_path / "out2", seconds=0.0)
    assert whole.name == cut.name


def test_an_upsampling_decoder_is_trained_in_two_phases_and_resumes(tiny_recipe, tmp_path):
    recipe = tiny_recipe("decoder.profile=upsampling", "decoder.layout_epochs=2")
    whole = build(recipe, tmp_path / "work", tmp_path / "out")
    cut = StimulusBuild(recipe, tmp_path / "work2", tmp_path / "out2")
    seen = []
    while not seen or not seen[-1].stimulus_folder:
        seen.append(cut.advance(0.0))
    assert whole.name == seen[-1].stimulus_folder.name
    phases = [*dict.fromkeys(progress.phase for progress in seen)]
    assert phases[3:5] == ["layout", "decoder"]
    for name in ("layout/layout", "decoder/decoder"):
        first, second = (
            (tmp_path / work / f"{name}.safetensors").read_bytes() for work in ("work", "work2")
        )
        assert first == second


def test_a_resizing_decoder_with_all_its_losses_resumes(tiny_recipe, tmp_path):
    weights = ("decoder.mse_weight=0.5", "decoder.ssim_weight=0.1", "decoder.dsim_weight=0.2")
    recipe = tiny_recipe(
        "decoder.profile=resizing", "decoder.views=true", "decoder.feature_loss=relative", *weights,
        "decoder.prediction_weight=0.1", "decoder.perceptual_weight=0.1",
    )  # fmt: skip
    whole = build(recipe, tmp_path / "work", tmp_path / "out")
    cut = build(recipe, tmp_path / "work2", tmp_path / "out2", seconds=0.0)
    assert whole.name == cut.name
    first, second = (
        (tmp_path / work / "decoder" / "decoder.safetensors").read_bytes()
        for work in ("work", "work2")
    )
    assert first == second


def test_another_network_may_lend_its_early_features(tiny_recipe, tmp_path):
    build(tiny_recipe(), tmp_path / "work", tmp_path / "out")
    weights = tmp_path / "work" / "classifier" / "classifier.safetensors"
    recipe = tiny_recipe(
        "seed=4", "decoder.profile=resizing", "decoder.perceptual=small_cnn",
        f"decoder.perceptual_weights={weights}", "decoder.perceptual_width=4",
        "decoder.dsim_weight=0.3", "decoder.perceptual_weight=0.1",
    )  # fmt: skip
    assert build(recipe, tmp_path / "work2", tmp_path / "out").is_dir()


def test_the_random_map_is_another_items(tiny_recipe, tmp_path):
    recipe = tiny_recipe('rendering.conditions=["pv", "random_map"]')
    folder = build(recipe, tmp_path / "work", tmp_path / "out")
    assert all(
        entry["images"]["pv"] != entry["images"]["random_map"]
        for entry in manifest_of(folder)["items"]
    )


def test_an_unreadable_image_stops_the_build_by_name_and_publishes_nothing(
    tiny_recipe, photos, tmp_path
):
    damaged = photos / "train" / "red" / "05.png"
    damaged.write_bytes(damaged.read_bytes()[:60])
    with pytest.raises(ImageDataError, match=r"red/05\.png cannot be read"):
        build(tiny_recipe(), tmp_path / "work", tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_an_unreadable_image_can_be_left_out(tiny_recipe, photos, tmp_path, caplog):
    (photos / "train" / "red" / "05.png").write_bytes(b"no image")
    recipe = tiny_recipe("data.on_bad_image=skip")
    build(recipe, tmp_path / "work", tmp_path / "out")
    assert "red/05.png" in caplog.text


def test_an_empty_folder_is_named(tiny_recipe, photos, tmp_path):
    for path in (photos / "val").glob("*/*"):
        path.unlink()
    with pytest.raises(ImageDataError, match=r"photos/val contains no images; expected <class>/"):
        build(tiny_recipe(), tmp_path / "work", tmp_path / "out")


def test_a_class_that_training_does_not_know_is_named(tiny_recipe, photos, tmp_path):
    (photos / "val" / "violet").mkdir()
    with pytest.raises(ImageDataError, match="contains the class 'violet', which"):
        build(tiny_recipe(), tmp_path / "work", tmp_path / "out")


def test_missing_weights_are_named(tiny_recipe, tmp_path):
    recipe = tiny_recipe("classifier.weights=lost.safetensors")
    with pytest.raises(WeightsError, match=r"lost\.safetensors does not exist"):
        build(recipe, tmp_path / "work", tmp_path / "out")


def test_too_few_errors_of_the_model_are_said(tiny_recipe, tmp_path):
    recipe = tiny_recipe("selection.model_wrong=50")
    with pytest.raises(SelectionError, match="held-out images are model_wrong, but 51"):
        build(recipe, tmp_path / "work", tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_two_builds_that_publish_one_set_at_once_leave_it_whole(
    shared_recipe, tmp_path, built, monkeypatch
):
    one, two = (
        StimulusBuild(
            shared_recipe,
            Path(shutil.copytree(shared_recipe.folder / "work", tmp_path / name)),
            tmp_path / "out",
        )
        for name in ("one", "two")
    )
    copy, folders = shutil.copyfile, []

    def while_the_other_publishes(source, target):
        if not folders:
            folders.append(None)
            folders[0] = two.advance(60.0).stimulus_folder
        return copy(source, target)

    monkeypatch.setattr(shutil, "copyfile", while_the_other_publishes)
    assert one.advance(60.0).stimulus_folder == folders[0]
    assert list((tmp_path / "out").iterdir()) == folders
    found, wanted = (
        {path.relative_to(folder): path.read_bytes() for path in folder.rglob("*.*")}
        for folder in (folders[0], built)
    )
    assert found == wanted


def test_two_recipes_do_not_mix_in_one_work_folder(tiny_recipe, tmp_path):
    StimulusBuild(tiny_recipe(), tmp_path / "work", tmp_path / "out")
    with pytest.raises(RecipeError, match="holds a build of another recipe"):
        StimulusBuild(tiny_recipe("seed=5"), tmp_path / "work", tmp_path / "out")


def test_frozen_features_are_left_alone_when_only_the_head_is_trained(tiny_recipe, tmp_path):
    recipe = tiny_recipe("classifier.train=head")
    whole = StimulusBuild(recipe, tmp_path / "work", tmp_path / "out")
    while whole.advance(60.0).phase != "classifier":
        pass
    workspace = whole.publish.workspace
    fresh: Any = workspace.new_classifier()
    trained: Any = workspace.classifier
    for before, after in zip(
        fresh.encoder.state_dict().values(), trained.encoder.state_dict().values(), strict=True
    ):
        assert torch.equal(before, after)
    assert not torch.equal(fresh.head.linear.weight, trained.head.linear.weight)


def test_every_engine_error_may_be_shown_to_a_user():
    assert all(
        issubclass(kind, EngineError)
        for kind in (ImageDataError, RecipeError, SelectionError, WeightsError)
    )


@pytest.mark.parametrize(
    "change",
    ["seed=1", "decoder.profile='upsampling'", "rendering.conditions=['reference_autoencoder']"],
)
def test_the_phases_that_a_recipe_asks_for_are_those_of_its_build(tiny_recipe, tmp_path, change):
    recipe = tiny_recipe(change)
    phases = StimulusBuild(recipe, tmp_path / "work", tmp_path / "out").phases
    assert [phase.name for phase in phases] == phases_of(recipe)


def test_the_manifest_names_the_version_that_made_it(built, shared_recipe, tmp_path):
    work, resources = shared_recipe.folder / "work", Resources(foresee="9.9")
    (work / "published.json").unlink()
    made = StimulusBuild(shared_recipe, work, tmp_path / "out", resources).advance(60.0)
    versions = manifest_of(made.stimulus_folder)["versions"]
    assert versions["foresee"] == "9.9"
    assert made.stimulus_folder.name == built.name
