"""The quality of a whole build, in its manifest."""

import json
import shutil

import pytest
import torch

from pv_engine.pipeline.quality.baselines import CHUNK, LAMBDAS, Fitting
from pv_engine.pipeline.quality.phase import QualityPhase, quality_path
from pv_engine.pipeline.workspace import Workspace
from pv_engine.recipe.sections.quality import DISPLAYED_MEASURES, MEASURES
from pv_engine.stimulus_sets.manifest import content_sha256


def manifest_of(build):
    return json.loads((build.publish.stimulus_folder / "manifest.json").read_text())


def test_the_decoder_and_both_baselines_are_measured_on_every_held_out_picture(first_build):
    quality = manifest_of(first_build)["decoder"]["quality"]
    assert set(quality["baselines"]) == {"mean_image", "linear"}
    for measured in (quality, *quality["baselines"].values()):
        assert measured["pictures"] == 64
        assert sum(part["pictures"] for part in measured["strata"].values()) == 64
        assert set(MEASURES) <= set(measured)


def test_the_decoder_and_both_baselines_are_also_measured_as_displayed(first_build):
    quality = manifest_of(first_build)["decoder"]["quality"]
    for measured in (quality, *quality["baselines"].values()):
        parts = measured["strata"].values()
        assert measured["displayed_pictures"] == 64
        assert sum(part["displayed_pictures"] for part in parts) == 64
        # Of all pictures, the weighted mean is the plain one.
        for name in DISPLAYED_MEASURES:
            total = sum(part["displayed_pictures"] * part[name] for part in parts)
            assert total / 64 == pytest.approx(measured[name], rel=1e-6)


def test_what_is_displayed_is_not_what_the_network_was_shown(first_build):
    quality = manifest_of(first_build)["decoder"]["quality"]
    assert quality["displayed_feature_error"] != pytest.approx(quality["feature_error"], rel=1e-6)


def test_the_strata_average_to_the_whole(first_build):
    quality = manifest_of(first_build)["decoder"]["quality"]
    for name in MEASURES:
        parts = quality["strata"].values()
        total = sum(part["pictures"] * part[name] for part in parts)
        assert total / 64 == pytest.approx(quality[name], rel=1e-6)


def test_the_linear_baseline_says_how_it_was_fitted(read_build):
    linear = manifest_of(read_build)["decoder"]["quality"]["baselines"]["linear"]
    assert (linear["lambda"], linear["training_pictures"]) == (0.05, 30)


@torch.no_grad()
def test_validation_pictures_choose_the_ridge_that_the_recipe_leaves_open(first_build):
    fitting = Fitting(first_build.publish.workspace)
    fit = fitting._new_fit()
    for _ in range(-(-fitting.total // CHUNK)):
        fitting._add_chunk(fit)
    pictures, _ = first_build.publish.workspace.validation()
    images = pictures.batch(torch.arange(len(pictures)))
    features = first_build.publish.workspace.classifier.encode(images)
    errors = {
        ridge: float(((fit.linear_decoder(ridge)(features) - images) ** 2).mean())
        for ridge in LAMBDAS
    }
    linear = manifest_of(first_build)["decoder"]["quality"]["baselines"]["linear"]
    assert linear["lambda"] == min(errors, key=errors.get)
    assert len(set(errors.values())) == len(LAMBDAS)


def test_a_reference_autoencoder_is_measured_beside_the_baselines(read_build):
    baselines = manifest_of(read_build)["decoder"]["quality"]["baselines"]
    assert set(baselines) == {"mean_image", "linear", "reference_autoencoder"}
    assert set(MEASURES) <= set(baselines["reference_autoencoder"])


def test_fewer_held_out_pictures_can_be_asked_for(read_build):
    assert manifest_of(read_build)["decoder"]["quality"]["pictures"] == 40


def test_the_measures_do_not_change_the_content_hash(first_build):
    manifest = manifest_of(first_build)
    before = manifest["content_sha256"]
    manifest["decoder"]["quality"]["mse"] += 1
    manifest["legibility"] = {}
    assert content_sha256(manifest) == before


def test_without_a_reader_nothing_is_reported_of_legibility(first_build):
    assert "legibility" not in manifest_of(first_build)


def test_the_reader_reads_every_kind_of_stimulus_that_is_drawn(read_build):
    legibility = manifest_of(read_build)["legibility"]
    assert legibility["reader"]["architecture"] == "small_cnn"
    assert legibility["reader"]["training_pictures"] == 34
    for part in ("items", "held_out"):
        assert list(legibility[part]) == [
            "original", "gradcam", "pv", "pv_exemplar", "random_map", "reference_autoencoder",
        ]  # fmt: skip
    for counts in legibility["items"].values():
        assert {name: cell["pictures"] for name, cell in counts.items()} == {
            "model_wrong": 2, "model_right": 3, "all": 5,
        }  # fmt: skip


def test_a_reader_that_knows_the_classes_also_reads_with_its_own_head(read_build):
    legibility = manifest_of(read_build)["legibility"]
    for part in ("items", "held_out"):
        fitted, own = legibility[part], legibility[f"{part}_zero_shot"]
        assert list(own) == list(fitted)
        for kind, counts in own.items():
            assert counts["all"]["pictures"] == fitted[kind]["all"]["pictures"]
    assert legibility["held_out_zero_shot"] != legibility["held_out"]


def test_the_further_pictures_are_no_items(read_build):
    from pv_engine.pipeline.quality.legibility import Reading

    reading = Reading(read_build.publish.workspace)
    further = {pick.row for pick in reading.further}
    assert 0 < len(further) <= 10
    assert not further & {pick.row for pick in (*reading.items, *reading.examples)}


def test_where_the_model_is_right_prediction_and_truth_are_the_same(read_build):
    for part in ("items", "held_out"):
        for counts in manifest_of(read_build)["legibility"][part].values():
            assert counts["model_right"]["prediction"] == counts["model_right"]["truth"]


def test_interruptions_do_not_change_a_digit(read_build, tmp_path):
    whole = read_build.publish.workspace
    for name in ("data", "classifier", "decoder", "autoencoder", "select", "render", "exemplars"):
        shutil.copytree(whole.folder / name, tmp_path / name)
    seen = []
    while not seen or seen[-1].done < seen[-1].total:
        # A new object each time, as after a kill.
        workspace = Workspace(whole.recipe, tmp_path, whole.device)
        seen.append(QualityPhase(workspace).advance(0.0))
    assert len(seen) > 4
    assert [each.done for each in seen] == sorted(each.done for each in seen)
    assert quality_path(workspace).read_bytes() == quality_path(whole).read_bytes()
