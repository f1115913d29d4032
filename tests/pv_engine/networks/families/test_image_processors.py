"""Networks of transformers are fed what their image processors make of a picture, in every task."""

import json

import numpy as np
import pytest
import torch
from PIL import Image
from torch import nn

from pv_engine.data.transform import Transform
from pv_engine.errors import RecipeError
from pv_engine.items.pictures import to_tensor
from pv_engine.networks.classifier import Classifier, build_classifier
from pv_engine.networks.families.family import UNKNOWN
from pv_engine.networks.families.known import preset_of
from pv_engine.recipe import ClassifierConfig
from tests.pv_engine.networks.small_captioners import SIZE, WORDS, small, tokenizer, vision_bert

SQUARE = {"height": SIZE, "width": SIZE}
VIT = {
    "hidden_size": 48, "num_hidden_layers": 3, "num_attention_heads": 3, "intermediate_size": 64,
    "image_size": SIZE, "patch_size": 16, "num_labels": 4,
}  # fmt: skip
# Settings and classes that change order or scale of the channels, each in a way of its own.
FEEDING = [
    ("ViTImageProcessor", {"size": SQUARE}),
    ("ViTImageProcessor", {"size": SQUARE, "do_normalize": False}),
    ("ViTImageProcessor", {"size": SQUARE, "do_rescale": False}),
    ("ViTImageProcessor", {"size": SQUARE, "do_rescale": False, "do_normalize": False}),
    ("ViTImageProcessor", {"size": SQUARE, "rescale_factor": 1 / 127.5}),
    ("ViTImageProcessor", {"size": SQUARE, "image_mean": [0.1, 0.2, 0.3], "image_std": [1, 2, 3]}),
    ("EfficientNetImageProcessor", {"size": SQUARE}),
    ("EfficientNetImageProcessor", {"size": SQUARE, "include_top": False}),
    ("EfficientNetImageProcessor", {"size": SQUARE, "rescale_offset": True,
                                    "rescale_factor": 1 / 127.5}),
    ("MobileViTImageProcessor", {"size": SQUARE, "crop_size": SQUARE}),
    ("MobileViTImageProcessor", {"size": SQUARE, "crop_size": SQUARE,
                                 "do_flip_channel_order": False}),
    ("MobileViTImageProcessor", {"size": SQUARE, "crop_size": SQUARE, "do_normalize": True,
                                 "image_mean": [0.1, 0.2, 0.3], "image_std": [1, 2, 3]}),
    ("PPLCNetImageProcessor", {"size": SQUARE, "resize_short": SIZE, "crop_size": SIZE}),
    ("SegformerImageProcessor", {"size": SQUARE, "do_reduce_labels": True}),
    ("CLIPImageProcessor", {"size": {"shortest_edge": SIZE}, "crop_size": SQUARE}),
    ("BlipImageProcessor", {"size": SQUARE}),
]  # fmt: skip


@pytest.fixture
def transformers():
    return pytest.importorskip("transformers")


@pytest.fixture
def noise():
    pixels = np.random.default_rng(0).integers(0, 256, (SIZE, SIZE, 3))
    return Image.fromarray(pixels.astype(np.uint8))


def preset_in(folder, **changes):
    return preset_of(ClassifierConfig(architecture=f"hf:{folder}", **changes))


def classifier_of(preset):
    nothing = nn.Identity()
    return Classifier(nothing, nothing, preset.mean, preset.std, preset.channels)


def fed_by(processor, picture):
    return processor(picture, return_tensors="pt")["pixel_values"].float()


@pytest.mark.parametrize(("kind", "settings"), FEEDING)
def test_order_and_scale_of_the_channels_are_the_processors(
    kind, settings, transformers, tmp_path, noise
):
    getattr(transformers, kind)(**settings).save_pretrained(tmp_path)
    (tmp_path / "config.json").write_text('{"model_type": "vit"}')
    expected = fed_by(transformers.AutoImageProcessor.from_pretrained(tmp_path), noise)
    found = classifier_of(preset_in(tmp_path)).normalised(to_tensor(noise)[None])
    assert torch.allclose(found, expected, atol=1e-5, rtol=1e-5)


def test_numbers_stand_as_the_settings_have_them(transformers, tmp_path):
    transformers.CLIPImageProcessor().save_pretrained(tmp_path)
    (tmp_path / "config.json").write_text('{"model_type": "clip"}')
    preset = preset_in(tmp_path)
    assert preset.mean == (0.48145466, 0.4578275, 0.40821073)
    assert preset.std == (0.26862954, 0.26130258, 0.27577711)


def test_blue_first_stands_in_the_manifest():
    found = Classifier(nn.Identity(), nn.Identity(), 0.5, 0.25, (2, 1, 0)).normalisation
    assert found == {"mean": [0.5], "std": [0.25], "channels": "BGR"}
    assert "channels" not in Classifier(nn.Identity(), nn.Identity(), 0.5, 0.5).normalisation


def test_a_network_of_timm_that_transformers_wraps_is_fed_as_timm_does(
    transformers, tmp_path, noise
):
    pretrained = {
        "input_size": [3, SIZE, SIZE], "mean": [0.1, 0.2, 0.3], "std": [0.4, 0.5, 0.6],
        "crop_pct": 0.8, "interpolation": "bilinear",
    }  # fmt: skip
    settings = {"model_type": "timm_wrapper", "architecture": "resnet18", "num_classes": 4,
                "pretrained_cfg": pretrained}  # fmt: skip
    (tmp_path / "config.json").write_text(json.dumps(settings))
    preset = preset_in(tmp_path)
    assert preset.transform == Transform(80, SIZE, "bilinear")
    assert (preset.mean, preset.std) == ((0.1, 0.2, 0.3), (0.4, 0.5, 0.6))
    seen = to_tensor(preset.transform.network_picture(noise))[None]
    expected = fed_by(transformers.AutoImageProcessor.from_pretrained(tmp_path), noise)
    assert torch.allclose(classifier_of(preset).normalised(seen), expected, atol=1e-5)


def test_a_crop_that_no_setting_describes_is_not_made_up(transformers, tmp_path):
    transformers.PPLCNetImageProcessor(
        size={"height": 256, "width": 256}, resize_short=256, crop_size=224
    ).save_pretrained(tmp_path)
    (tmp_path / "config.json").write_text('{"model_type": "pp_lcnet"}')
    # It resizes the shorter side, although the settings name two.
    assert preset_in(tmp_path).transform is None


def image_classifier(transformers, folder):
    model = transformers.ViTForImageClassification(transformers.ViTConfig(**VIT)).eval()
    model.save_pretrained(folder)
    return "classifier.train=none", "classifier.task=multi_label"


def segmentation_network(transformers, folder):
    config = transformers.MobileViTConfig(
        image_size=SIZE, hidden_sizes=[12, 16, 20], neck_hidden_sizes=[8, 8, 12, 16, 20, 24, 32],
        aspp_out_channels=16, num_labels=4,
    )  # fmt: skip
    model = transformers.MobileViTForSemanticSegmentation(config).eval()
    with torch.no_grad():
        for parameter in model.parameters():
            if parameter.dim() > 1:
                nn.init.kaiming_normal_(parameter)
    model.save_pretrained(folder)
    return (
        "classifier.train=none", "classifier.task=segmentation", "data.masks=true",
        "data.kind=voc", "data.root=nowhere",
    )  # fmt: skip


def captioning_network(transformers, folder):
    small(vision_bert)[0].save_pretrained(folder)
    tokenizer().save_pretrained(folder)
    answers = str(list(WORDS[7:11])).replace("'", '"')
    return (
        "classifier.train=none", "classifier.task=single_label", f"classifier.answers={answers}",
    )  # fmt: skip


@pytest.mark.parametrize("task", [image_classifier, segmentation_network, captioning_network])
def test_a_network_that_reads_blue_first_is_given_blue_first(
    task, transformers, tmp_path, tiny_recipe, noise
):
    torch.manual_seed(0)
    changes = task(transformers, tmp_path)
    processor = transformers.MobileViTImageProcessor(size=SQUARE, crop_size=SQUARE)
    processor.save_pretrained(tmp_path)
    changes += (
        f"classifier.architecture=hf:{tmp_path}", "classifier.weights=default",
        f"data.image_size={SIZE}",
    )  # fmt: skip
    image = to_tensor(noise)[None]
    classifier = build_classifier(tiny_recipe(*changes), 4, image).eval()
    read = []
    first = next(each for each in classifier.encoder.modules() if isinstance(each, nn.Conv2d))
    first.register_forward_pre_hook(lambda _, given: read.append(given[0]))
    with torch.no_grad():
        classifier(image)
    expected = fed_by(processor, noise)
    assert torch.allclose(expected, image.flip(1))
    assert torch.allclose(read[0], expected)


@pytest.mark.parametrize(
    ("stored", "said"),
    [
        ({"image_processor_type": "OnesOwnProcessor"}, "image processor cannot be loaded"),
        (
            {"image_processor_type": "ImageGPTImageProcessor",
             "clusters": [[-1.0, -1.0, -1.0], [1.0, 1.0, 1.0]]},
            "image processor reads no picture",
        ),
        ({"image_processor_type": "Siglip2ImageProcessor"}, r"makes \[1, 256, 768\] of a picture"),
    ],
)  # fmt: skip
def test_a_processor_that_gives_no_picture_is_refused_unless_the_recipe_says_how(
    stored, said, transformers, tmp_path
):
    (tmp_path / "config.json").write_text('{"model_type": "vit"}')
    (tmp_path / "preprocessor_config.json").write_text(json.dumps(stored))
    with pytest.raises(RecipeError, match=f"{said}.*say in classifier.mean and classifier.std how"):
        preset_in(tmp_path)
    assert preset_in(tmp_path, mean=0.4, std=0.2) == UNKNOWN


def test_channels_that_are_mixed_or_not_scaled_evenly_are_refused(
    transformers, tmp_path, monkeypatch
):
    transformers.ViTImageProcessor(size=SQUARE).save_pretrained(tmp_path)
    (tmp_path / "config.json").write_text('{"model_type": "vit"}')
    kind = type(transformers.AutoImageProcessor.from_pretrained(tmp_path))
    for change in (torch.square, lambda given: given + given.flip(1)):

        def changed(self, picture, return_tensors, *, whole=kind.__call__, change=change):
            values = whole(self, picture, return_tensors=return_tensors)["pixel_values"]
            return {"pixel_values": change(values)}

        with monkeypatch.context() as patched:
            patched.setattr(kind, "__call__", changed)
            with pytest.raises(RecipeError, match="mixes the channels, or does not scale"):
                preset_in(tmp_path)
