"""A vision transformer with a class token, from its recipe to a stimulus set."""

import json

import pytest

from pv_engine.errors import SaliencyError
from tests.pv_engine.pipeline.test_stimulus_build import build, manifest_of

pytest.importorskip("timm")
CHANGES = (
    "classifier.architecture=timm:test_vit",
    "classifier.train=head",
    "classifier.epochs=1",
    "data.image_size=160",
    "data.transform=own",
    "decoder.epochs=1",
    "selection.on_shortage=fewer",
    "quality.pictures=8",
    "quality.linear_pictures=8",
)


def test_it_becomes_a_set_whose_manifest_says_what_was_seen_and_what_the_token_keeps(
    tiny_recipe, tmp_path
):
    recipe = tiny_recipe(*CHANGES, "rendering.saliency=rollout")
    manifest = manifest_of(build(recipe, tmp_path / "work", tmp_path / "out"))
    classifier = manifest["classifier"]
    assert classifier["identity_error"] <= 1e-5
    assert classifier["transform"] == {
        "resize": 168, "crop": 160, "interpolation": "bicubic", "mode": "center",
    }  # fmt: skip
    quality = manifest["decoder"]["quality"]
    assert 0 <= quality["top1_agreement_prefix_kept"] <= 1
    assert 0 <= quality["top1_agreement"] <= 1
    assert manifest["recipe"]["data"]["transform"] == "own"
    assert json.dumps(manifest)
    # Attention is never nowhere.
    assert manifest["empty_maps"] == 0


def test_rollout_is_refused_before_training_for_a_network_without_attention(tiny_recipe, tmp_path):
    with pytest.raises(SaliencyError, match="has no attention; choose another"):
        build(tiny_recipe("rendering.saliency=rollout"), tmp_path / "work", tmp_path / "out")
    assert not (tmp_path / "work" / "classifier").exists()
