"""Image classifiers of transformers, an optional package; its settings are read without it."""

import json
import sys

import numpy as np
import pytest
import torch
from PIL import Image

from pv_engine.data.transform import Transform
from pv_engine.errors import RecipeError
from pv_engine.items.pictures import to_tensor
from pv_engine.networks.classifier import build_classifier
from pv_engine.networks.families.image_processors import transform_in
from pv_engine.networks.families.known import create_network, preset_of
from pv_engine.recipe import ClassifierConfig

SMALL = {
    "hidden_size": 48, "num_hidden_layers": 3, "num_attention_heads": 3, "intermediate_size": 64,
    "image_size": 64, "patch_size": 16, "num_labels": 4,
}  # fmt: skip


def test_without_the_package_the_recipe_is_refused_with_how_to_install_it(monkeypatch):
    monkeypatch.setitem(sys.modules, "transformers", None)
    with pytest.raises(RecipeError, match=r"needs the package transformers; install it with"):
        create_network(ClassifierConfig(architecture="hf:google/vit-base-patch16-224"), 4)


VIT = {"do_resize": True, "size": {"height": 224, "width": 224}, "resample": 2,
       "image_mean": [0.5, 0.5, 0.5], "image_std": [0.5, 0.5, 0.5]}  # fmt: skip


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        (VIT, Transform(224, 224, "bilinear", "squash")),
        (VIT | {"size": 224, "resample": 3}, Transform(224, 224, "bicubic", "squash")),
        (
            VIT
            | {
                "size": {"shortest_edge": 256},
                "do_center_crop": True,
                "crop_size": {"height": 224, "width": 224},
            },
            Transform(256, 224, "bilinear"),
        ),
        (
            VIT | {"size": {"shortest_edge": 224}, "crop_pct": 0.875},
            Transform(256, 224, "bilinear"),
        ),
        (VIT | {"size": {"height": 224, "width": 192}}, None),
        (VIT | {"resample": 5}, None),
    ],
)
def test_resize_and_crop_are_the_image_processors(settings, expected):
    assert transform_in(settings) == expected


# As files of the hub have them: what the one number means depends on the processor.
ONE_NUMBER: dict[str, dict[str, object]] = {
    "CLIPFeatureExtractor": {"size": 224, "crop_size": 224, "do_center_crop": True},
    "ConvNextFeatureExtractor": {"size": 224, "crop_pct": 0.875},
    "ConvNextImageProcessor": {"size": {"shortest_edge": 384}, "crop_pct": 0.875},
    "DeiTFeatureExtractor": {"size": 256, "crop_size": 224, "do_center_crop": True},
    "LevitFeatureExtractor": {"size": 224, "do_center_crop": True},
    "ViTFeatureExtractor": {"size": 224},
}


@pytest.mark.parametrize("kind", ONE_NUMBER)
def test_pictures_are_resized_and_cropped_as_the_processor_does(kind, tmp_path):
    transformers = pytest.importorskip("transformers")
    stored = VIT | {"size": 0, "resample": 3} | ONE_NUMBER[kind] | {"feature_extractor_type": kind}
    (tmp_path / "config.json").write_text('{"model_type": "vit"}')
    (tmp_path / "preprocessor_config.json").write_text(json.dumps(stored))
    side = np.linspace(0, 255, 500)
    slopes = np.stack([*np.meshgrid(side[:400], side), np.full((500, 400), 128.0)], axis=-1)
    photograph = Image.fromarray(slopes.astype(np.uint8))
    processor = transformers.AutoImageProcessor.from_pretrained(tmp_path)
    (expected,) = processor(photograph, return_tensors="pt")["pixel_values"]
    config = ClassifierConfig(architecture=f"hf:{tmp_path}")
    preset = preset_of(config)
    shown = to_tensor(preset.transform.network_picture(photograph))
    assert (shown - 0.5).div(0.5).sub(expected).abs().max() < 0.05


@pytest.fixture(params=[torch.float32, torch.float16])
def folder(request, tmp_path):
    """A small vision transformer as `save_pretrained` writes it, also in half precision."""
    transformers = pytest.importorskip("transformers")
    torch.manual_seed(0)
    model = transformers.ViTForImageClassification(transformers.ViTConfig(**SMALL)).eval()
    model.to(request.param).save_pretrained(tmp_path / "vit")
    model.float()
    processor = transformers.ViTImageProcessor(size={"height": 64, "width": 64})
    processor.save_pretrained(tmp_path / "vit")
    return tmp_path / "vit", model


def test_a_folder_of_save_pretrained_is_explained_exactly(folder, tiny_recipe):
    path, model = folder
    recipe = tiny_recipe(
        f"classifier.architecture=hf:{path}",
        "classifier.weights=default",
        "classifier.train=none",
        "data.image_size=64",
    )
    images = torch.rand(3, 3, 64, 64, generator=torch.Generator().manual_seed(1))
    classifier = build_classifier(recipe, 4, images).eval()
    with torch.no_grad():
        expected = model((images - 0.5) / 0.5).logits
        features, head = classifier.seen(images)
        assert torch.allclose(head(features), expected, atol=1e-5)
    assert classifier.identity_error <= 1e-5
    assert features.shape == (3, 48, 4, 4)
    assert preset_of(recipe.classifier).transform == Transform(64, 64, "bilinear", "squash")


def test_weights_without_a_head_are_refused_unless_one_is_trained(tmp_path, tiny_recipe):
    transformers = pytest.importorskip("transformers")
    transformers.ViTModel(transformers.ViTConfig(**SMALL)).save_pretrained(tmp_path / "vit")
    changes = (
        f"classifier.architecture=hf:{tmp_path / 'vit'}", "classifier.weights=default",
        "data.image_size=64",
    )  # fmt: skip
    with pytest.raises(RecipeError, match="weights of a ViTModel, but would be explained"):
        build_classifier(tiny_recipe(*changes, "classifier.train=none"), 4)
    assert build_classifier(tiny_recipe(*changes, "classifier.train=head"), 4).feature_shape(64)


def test_a_folder_that_holds_no_classifier_is_refused(tmp_path):
    pytest.importorskip("transformers")
    with pytest.raises(RecipeError, match="cannot be loaded as an image classifier"):
        create_network(ClassifierConfig(architecture=f"hf:{tmp_path}"), 4)
