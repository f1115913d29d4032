"""What would stop a build later is said before it begins."""

import os
import shutil

import pytest
import torch
from django.core.management import CommandError, call_command
from torch import nn

from pv_engine.errors import EngineError, RecipeError
from pv_engine.networks.families.small_cnn import SmallCnn
from pv_engine.pipeline.checks import Checks
from pv_engine.pipeline.stimulus_build import StimulusBuild
from pv_engine.pipeline.workspace import Workspace
from pv_engine.runtime.device import choose_device
from tests.pv_engine.conftest import TINY_RECIPE, advanced


def check(recipe, tmp_path):
    return Checks(Workspace(recipe, tmp_path / "work", choose_device())).run()


def test_a_recipe_without_a_fault_passes_and_leaves_nothing_behind(tiny_recipe, tmp_path):
    assert check(tiny_recipe(), tmp_path) == []
    assert not (tmp_path / "work").exists()


def test_a_network_that_makes_tensors_of_its_own_passes(tiny_recipe, tmp_path, monkeypatch):
    class Adding(SmallCnn):
        def __init__(self, *given):
            super().__init__(*given)
            self.features.append(Offset())

    class Offset(nn.Module):
        def forward(self, features):
            return features + torch.ones(1).to(features.device)

    monkeypatch.setattr("pv_engine.networks.families.own.SmallCnn", Adding)
    assert check(tiny_recipe(), tmp_path) == []


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        (["seed=-1"], "seed must be at least 0, but is -1"),
        (["selection.options=5"], "options is 5, but there are only 4 classes"),
        (["data.train=2"], "Of the 2 training images, 1 are for validation .* at least 2 are"),
        (["data.train=1"], "so 0 are left to train on"),
        (["data.held_out=4"], "There are 4 held-out images, but selection asks for 7"),
        (["data.validation_share=0.99"], "48 training images, 48 are for validation"),
        (["data.root=nowhere"], "does not exist"),
        (["classifier.weights=none.pt", "classifier.train=none"], "none.pt does not exist"),
        (["classifier.architecture=timm:nothing"], "which timm .* does not have"),
        (["classifier.architecture=torchvision:alexnet"], "cannot read pictures of 32 x 32"),
        (["quality.linear_size=15"], "linear_size is 15, which must be a multiple"),
        (["quality.reader=timm:resnet18", "quality.reader_weights=no.pt"], "no.pt does not exist"),
    ],
)
def test_a_fault_is_said_before_the_first_picture_is_read(tiny_recipe, tmp_path, changes, sentence):
    recipe = tiny_recipe(*changes)
    with pytest.raises(EngineError, match=sentence):
        check(recipe, tmp_path)
    with pytest.raises(EngineError, match=sentence):
        StimulusBuild(recipe, tmp_path / "work", tmp_path / "out").advance(60)
    assert not (tmp_path / "work" / "data").exists()


def test_all_problems_are_said_at_once(tiny_recipe, tmp_path):
    with pytest.raises(RecipeError) as refused:
        check(tiny_recipe("selection.options=9", "data.held_out=4"), tmp_path)
    assert len(str(refused.value).splitlines()) == 2


def test_too_few_pictures_for_exemplars_are_said(tiny_recipe, tmp_path):
    changes = ["rendering.conditions=['pv_exemplar']", "exemplar.bank=9"]
    sentence = "bank has at most 9 training pictures, but 15 are needed"
    with pytest.raises(EngineError, match=sentence):
        check(tiny_recipe(*changes), tmp_path)


def test_a_network_that_saw_another_crop_is_noted(tiny_recipe, tmp_path):
    from pv_engine.networks.families.known import create_network
    from pv_engine.networks.weights.files import save_weights

    changes = ["classifier.architecture=timm:resnet18", "classifier.weights=r.safetensors",
               "classifier.train=head", "data.image_size=64"]  # fmt: skip
    recipe = tiny_recipe(*changes)
    save_weights(create_network(recipe.classifier, 1000), recipe.folder / "r.safetensors")
    first, second = check(recipe, tmp_path)
    assert "evaluated on pictures resized to" in first
    assert 'data.transform = "own" shows them so' in first
    assert "evaluated at 224 pixels, but data.image_size is 64" in second


@pytest.mark.parametrize(("size", "notes"), [(32, 1), (64, 0)])
def test_features_of_a_single_cell_are_noted(tiny_recipe, tmp_path, size, notes):
    network = "classifier.architecture=torchvision:resnet18"
    found = check(tiny_recipe(network, f"data.image_size={size}"), tmp_path)
    assert len(found) == notes
    assert all("1 x 1 cells for pictures of 32 pixels" in note for note in found)


def write(tmp_path, text=TINY_RECIPE):
    path = tmp_path / "tiny.toml"
    path.write_text(text)
    return path


def test_the_command_checks_and_does_nothing_else(photos, settings, tmp_path, capsys):
    settings.BUILDS_DIR = tmp_path / "builds"
    call_command("build_stimuli", write(tmp_path), check=True)
    assert capsys.readouterr().out == "Nothing that can be known now would stop this build.\n"
    assert not (tmp_path / "builds").exists()
    with pytest.raises(CommandError, match="only 4 classes"):
        call_command("build_stimuli", write(tmp_path), check=True, set=["selection.options=6"])


WRONG = [
    "seed=99999999999999999999", "classifier.learning_rate=-0.1",
    "classifier.learning_rate=0.0", "classifier.learning_rate=nan", "classifier.weight_decay=-1.0",
    "classifier.width=0", "classifier.width=100000", "decoder.learning_rate=-1e-4",
    "decoder.learning_rate=inf", "decoder.layout_learning_rate=0.0", "decoder.width=-1.0",
    "decoder.width=nan", "decoder.layout_weight_decay=-0.5", "data.image_size=0",
    "data.image_size=100000", "rendering.image_size=-5", "data.validation_share=0.0",
    "data.validation_share=1.0", "data.train=-1", "selection.options=1",
    "quality.linear_lambda=-1.0",
]  # fmt: skip


@pytest.mark.parametrize("change", WRONG)
def test_a_value_that_no_build_can_use_is_refused_in_words(tiny_recipe, change):
    key = change.partition("=")[0]
    with pytest.raises(RecipeError, match=rf"{key} must be") as refused:
        tiny_recipe(change)
    assert "Traceback" not in str(refused.value)


def test_another_quality_section_measures_again_and_trains_nothing(tiny_recipe, tmp_path):
    first, second = tiny_recipe(), tiny_recipe("quality.pictures=9")
    assert first.build_key == second.build_key != second.sha256
    work = tmp_path / "work"
    before = advanced(first, work).publish.stimulus_folder
    weights = work / "decoder" / "decoder.safetensors"
    os.utime(weights, (1, 1))
    again = StimulusBuild(second, work, work / "out")
    assert again.advance(60).phase == "quality"
    after = advanced(second, work).publish.stimulus_folder
    assert after != before
    assert weights.stat().st_mtime == 1
    assert {path.name for path in (after / "images").iterdir()} == {
        path.name for path in (before / "images").iterdir()
    }


def test_a_build_that_an_earlier_version_began_goes_on(tiny_recipe, tmp_path):
    recipe = tiny_recipe("quality.pictures=9")
    earlier = tmp_path / recipe.earlier_build_key[:16]
    assert recipe.work_folder(tmp_path).name == recipe.build_key[:16]
    earlier.mkdir()
    (earlier / "recipe.sha256").write_text(recipe.earlier_build_key)
    assert recipe.work_folder(tmp_path) == earlier
    StimulusBuild(recipe, earlier, tmp_path / "out")
    shutil.rmtree(earlier)
