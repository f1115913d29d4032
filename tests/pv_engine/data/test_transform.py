"""Photographs as a network's weights were evaluated, and the same part for participants."""

from types import SimpleNamespace

import numpy as np
import pytest
from PIL import Image

from pv_engine.data.folder_source import FolderSource
from pv_engine.data.images import load_square
from pv_engine.data.transform import Transform
from pv_engine.data.views import View
from pv_engine.errors import RecipeError
from pv_engine.networks.families.known import preset_of
from pv_engine.recipe import ClassifierConfig, DataConfig
from pv_engine.runtime import torchvision_ops  # noqa: F401 - before timm

SIZES = [(300, 200), (201, 333), (224, 224), (640, 97), (31, 30)]


def photograph(width: int, height: int) -> Image.Image:
    generator = np.random.default_rng(width)
    small = generator.integers(0, 256, (height // 6 + 2, width // 6 + 2, 3)).astype(np.uint8)
    return Image.fromarray(small).resize((width, height), Image.Resampling.BICUBIC)


def preset(name: str):
    return preset_of(ClassifierConfig(architecture=name))


def timms(name):
    import timm
    from timm.data.transforms_factory import create_transform

    config = timm.get_pretrained_cfg(name).to_dict()
    keys = ("input_size", "interpolation", "mean", "std", "crop_pct", "crop_mode")
    return create_transform(**{key: config[key] for key in keys})


def torchvisions(name):
    from torchvision import models

    return models.get_model_weights(name).DEFAULT.transforms()


@pytest.mark.parametrize("size", SIZES, ids=str)
@pytest.mark.parametrize(
    ("name", "theirs"),
    [
        ("timm:tf_efficientnet_lite0", timms),
        ("timm:vit_tiny_patch16_224", timms),
        ("timm:vit_base_patch16_siglip_224", timms),  # squashes
        ("timm:resnet18", timms),  # bilinear
        ("torchvision:resnet50", torchvisions),
        ("torchvision:inception_v3", torchvisions),
        ("torchvision:efficientnet_b0", torchvisions),
    ],
)
def test_the_networks_picture_is_the_librarys_bit_for_bit(name, theirs, size):
    own = preset(name)
    ours = np.asarray(own.transform.network_picture(photograph(*size))) / 255
    normalised = (ours - np.array(own.mean)) / np.array(own.std)
    expected = theirs(name.partition(":")[2])(photograph(*size)).permute(1, 2, 0).numpy()
    assert np.abs(normalised - expected).max() < 1e-5


def test_what_is_shown_at_another_size_is_the_same_part():
    transform = Transform(256, 224, "bicubic")
    ramp = np.tile(np.linspace(0, 255, 400), (300, 1)).astype(np.uint8)
    picture = Image.fromarray(np.stack([ramp] * 3, axis=2))
    seen = np.asarray(transform.network_picture(picture))[112, :, 0].astype(float)
    shown = np.asarray(transform.shown_picture(picture, 448))[224, :, 0].astype(float)
    # Both ends of the ramp that was cut out, to half a pixel of the network's picture.
    step = (seen[-2] - seen[1]) / 221
    assert abs(seen[0] - shown[0]) < step + 1
    assert abs(seen[-1] - shown[-1]) < step + 1
    assert seen[0] > 30  # the whole square would begin at 32, the crop at 45
    whole = np.asarray(transform.shown_picture(picture, 224))
    assert np.array_equal(whole, np.asarray(transform.network_picture(picture)))


def test_another_size_of_picture_keeps_the_part():
    assert Transform(256, 224).at(112) == Transform(128, 112)
    assert Transform(256, 224).at(224) == Transform(256, 224)


def test_a_folder_of_photographs_is_seen_by_the_transform(photos):
    source = FolderSource(DataConfig(kind="image_folder", root="photos"), photos, 1)
    name = source.names("train")[0]
    transform = Transform(40, 32)
    seen = View(source, transform).load(name, 32)
    with Image.open(photos / name) as opened:
        expected = transform.network_picture(opened.convert("RGB"))
    assert seen.tobytes() == expected.tobytes()
    assert View(source, None).load(name, 32).tobytes() == load_square(photos / name, 32).tobytes()


def test_pictures_that_code_draws_are_cropped_from_a_larger_drawing():
    asked = []

    def load(name, size):
        asked.append(size)
        return photograph(size, size)

    source = SimpleNamespace(classes=("a", "b"), names=None, labels=None, load=load)
    assert View(source, Transform(40, 32)).load("x", 64).size == (64, 64)
    assert asked == [80]


def test_a_network_that_may_see_less_detail_sees_what_a_small_picture_holds():
    picture = photograph(64, 64)
    source = SimpleNamespace(classes=("a", "b"), names=None, labels=None, load=None)
    assert View(source, None).seen(picture) is picture
    seen = View(source, None, detail=8).seen(picture)
    assert seen.size == picture.size
    assert seen.tobytes() != picture.tobytes()
    # Stripes one pixel wide are more than eight pixels can show.
    stripes = Image.fromarray(np.tile(np.array([0, 255], np.uint8), (64, 32))).convert("RGB")
    assert np.asarray(View(source, None, detail=8).seen(stripes)).std() < 3


def test_a_recipe_without_the_key_keeps_its_settings(tiny_recipe):
    assert not {"transform", "detail"} & tiny_recipe().settings["data"].keys()
    own = tiny_recipe("data.transform=own", "classifier.architecture=timm:resnet18")
    assert own.settings["data"]["transform"] == "own"


@pytest.mark.parametrize("transform", [None, Transform(32, 32)])
def test_a_given_white_is_that_of_every_view_of_files(tmp_path, transform):
    Image.fromarray(np.full((32, 32), 2048, np.uint16)).save(tmp_path / "scan.png")
    source = SimpleNamespace(
        classes=(), names=None, labels=None, load=None, path=lambda name: tmp_path / name
    )
    seen = np.asarray(View(source, transform, white=4095).load("scan.png", 32))
    assert (abs(seen.astype(int) - 127) <= 1).all()


def test_a_white_is_refused_where_pictures_are_no_files():
    source = SimpleNamespace(classes=(), names=None, labels=None, load=None)
    with pytest.raises(RecipeError, match=r"data\.white is 4095, but .* are not files"):
        View(source, None, white=4095)
