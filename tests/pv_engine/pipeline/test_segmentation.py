"""Stimuli of a segmentation network, on a small data set in PASCAL VOC's layout."""

import numpy as np
import pytest
import torch
from PIL import Image
from safetensors.torch import save_file
from torch import nn

from pv_engine.data.voc_source import VocSource
from pv_engine.errors import ImageDataError, RecipeError
from pv_engine.items.pictures import read_picture
from pv_engine.networks.families.known import create_network
from pv_engine.recipe import ClassifierConfig
from pv_engine.recipe.reading import parse_recipe
from pv_engine.stimulus_sets.manifest import read_manifest
from tests.pv_engine.conftest import advanced

ARCHITECTURE = "torchvision:deeplabv3_mobilenet_v3_large"
RECIPE = f"""
seed = 2
[data]
kind = "voc"
root = "."
masks = true
image_size = 64
[classifier]
architecture = "{ARCHITECTURE}"
task = "segmentation"
train = "none"
weights = "weights.safetensors"
[decoder]
width = 0.05
epochs = 1
batch_size = 4
[selection]
model_wrong = 1
model_right = 1
examples = 0
iou_wrong = 0.1
iou_right = 0.1
on_shortage = "fewer"
[rendering]
conditions = ["gradcam", "pv"]
image_size = 64
"""
# Two classes of VOC by their colours.
COLOURS = {1: (250, 20, 20), 12: (20, 20, 250)}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Images of one coloured square each, with its mask, and weights that predict something."""
    root = tmp_path_factory.mktemp("voc")
    devkit = root / "VOCdevkit" / "VOC2012"
    for name in ("JPEGImages", "SegmentationClass", "ImageSets/Segmentation"):
        (devkit / name).mkdir(parents=True)
    generator = np.random.default_rng(0)
    lists = {"train": 8, "val": 12, "trainval": 3}
    for split, count in lists.items():
        names = [f"{split}{number}" for number in range(count)]
        listed = [*names, "nowhere"] if split == "trainval" else names
        (devkit / "ImageSets" / "Segmentation" / f"{split}.txt").write_text("\n".join(listed[-12:]))
        for number, name in enumerate(names):
            kind = (1, 12)[number % 2]
            pixels = generator.integers(90, 160, (48, 48, 3), dtype=np.uint8)
            mask = np.zeros((48, 48), dtype=np.uint8)
            first = 4 * (number % 4)
            pixels[first : first + 24, 8:40] = COLOURS[kind]
            mask[first : first + 24, 8:40] = kind
            mask[first] = 255
            Image.fromarray(pixels).save(devkit / "JPEGImages" / f"{name}.jpg")
            Image.fromarray(mask).save(devkit / "SegmentationClass" / f"{name}.png")
    Image.new("RGB", (48, 48)).save(devkit / "JPEGImages" / "nowhere.jpg")
    torch.manual_seed(0)
    named = ClassifierConfig(architecture=ARCHITECTURE, task="segmentation", train="none")
    network = create_network(named, 20).network
    last = [each for each in network.classifier.modules() if isinstance(each, nn.Conv2d)][-1]
    with torch.no_grad():
        last.weight.zero_()
        last.bias.fill_(-5)
        last.bias[[0, 1]] = 0.0
        last.weight[1].normal_(generator=torch.Generator().manual_seed(1))
        # Half of the pixels are of the first class.
        seen = torch.rand(4, 3, 64, 64, generator=torch.Generator().manual_seed(2))
        last.bias[1] = -network.eval()(seen)["out"][:, 1].median()
    state = {key: value.contiguous() for key, value in network.state_dict().items()}
    # As published files have it.
    state["aux_classifier.4.weight"] = torch.zeros(2)
    save_file(state, root / "weights.safetensors")
    return root


def recipe(folder, *changes):
    return parse_recipe(RECIPE, "own.toml", folder, changes)


@pytest.fixture(scope="module")
def built(folder):
    return advanced(recipe(folder), folder / "work")


def test_items_are_chosen_by_the_overlap_of_the_masks(built):
    workspace = built.publish.workspace
    manifest = read_manifest(built.publish.stimulus_folder)
    assert manifest["classifier"]["identity_error"] <= 1e-5
    assert manifest["recipe"]["data"]["masks"] is True
    overlaps = np.load(workspace.folder / "select" / "overlaps.npy")
    names = [workspace.held_out_name(row) for row in range(len(overlaps))]
    assert {item["stratum"] for item in manifest["items"]} == {"model_wrong", "model_right"}
    for item in manifest["items"]:
        found = overlaps[names.index(item["source"])]
        assert (found >= 0.1) == (item["stratum"] == "model_right")
        assert item["prediction"] == "aeroplane"
        assert item["true_labels"] in (["aeroplane"], ["dog"])


def test_the_overlap_is_that_of_the_networks_own_mask(built):
    workspace = built.publish.workspace
    pictures, _ = workspace.held_out()
    overlaps = np.load(workspace.folder / "select" / "overlaps.npy")
    classifier, size = workspace.classifier, 64
    with torch.no_grad():
        features = classifier.encode(pictures.batch(torch.arange(len(overlaps))))
        masks = classifier.head.pixels(features).argmax(dim=1)
    for row, found in enumerate(overlaps):
        actual = workspace.source.mask(workspace.held_out_name(row), size)
        counts = actual != 255
        both = (masks[row].numpy() == 1) & (actual == 1) & counts
        either = ((masks[row].numpy() == 1) | (actual == 1)) & counts
        assert found == pytest.approx(both.sum() / max(1, either.sum()))
    assert overlaps.max() > 0.1


def test_the_outline_is_drawn_on_the_image_and_on_every_picture(built, folder):
    drawn = advanced(recipe(folder, "rendering.outline=true"), folder / "outlined")
    sets = [each.publish.stimulus_folder for each in (built, drawn)]
    plain, outlined = (read_manifest(each)["items"] for each in sets)
    assert [item["source"] for item in plain] == [item["source"] for item in outlined]
    for first, second in zip(plain, outlined, strict=True):
        for kind in ("original", "gradcam", "pv"):
            before, after = (
                read_picture(place / "images" / item["images"][kind])
                for place, item in zip(sets, (first, second), strict=True)
            )
            # Magenta: red and blue beside little green.
            is_outline = (after[0] > 0.7) & (after[2] > 0.7) & (after[1] < 0.4)
            assert is_outline.any()
            changed = (after - before).abs().amax(dim=0) > 0.3
            assert changed.any()
            assert float(changed.float().mean()) < 0.6


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        (["data.masks=false"], "data.masks must be true"),
        (["classifier.train=head"], "a segmentation network is not trained here"),
        (['rendering.targets=["top", "second"]'], r"must be \['top'\]"),
        (["data.transform=own"], "must be 'square' with data.masks"),
        (["selection.iou_wrong=0.7"], "must not exceed iou_right"),
        (
            ["classifier.task=multi_label", "rendering.outline=true"],
            "outline needs classifier.task",
        ),
    ],
)
def test_what_does_not_fit_is_refused_in_words(folder, changes, words):
    with pytest.raises(RecipeError, match=words):
        recipe(folder, *changes)


def test_a_missing_mask_is_named_before_any_network_is_made(folder, tmp_path):
    with pytest.raises(ImageDataError, match=r"The mask .*nowhere\.png"):
        advanced(recipe(folder, "data.held_out_split=trainval"), tmp_path / "work")


def test_a_mask_of_other_numbers_than_the_classes_is_named_before_any_network_is_made(
    folder, tmp_path, monkeypatch
):
    monkeypatch.setattr(VocSource, "mask", lambda source, name, size: np.full((size, size), 21))
    monkeypatch.setattr(VocSource, "labels", lambda source, name: ("dog",))
    with pytest.raises(ImageDataError, match=r"The mask of val0 has the class number 21, but"):
        advanced(recipe(folder), tmp_path / "work")


def test_a_bad_mask_that_labels_do_not_read_is_left_out_with_its_picture(
    folder, tmp_path, monkeypatch
):
    own = VocSource.mask

    def bad(source, name, size):
        return np.full((size, size), 21) if name in ("val3", "train0") else own(source, name, size)

    monkeypatch.setattr(VocSource, "mask", bad)
    monkeypatch.setattr(VocSource, "labels", lambda source, name: ("dog",))
    built = advanced(recipe(folder, "data.on_bad_image=skip"), tmp_path / "work")
    manifest = read_manifest(built.publish.stimulus_folder)
    # The decoder's pictures need no mask.
    assert manifest["left_out"] == {"train": [], "held_out": ["val3"]}
    assert "val3" not in {item["source"] for item in manifest["items"]}


@pytest.mark.parametrize("values", [[0, 255], [255]])
def test_black_and_white_masks_are_refused_with_the_cause_before_any_network_is_made(
    folder, tmp_path, monkeypatch, values
):
    def black_and_white(source, name, size):
        return np.resize(values, (size, size))

    monkeypatch.setattr(VocSource, "mask", black_and_white)
    words = f"The 12 held-out masks have no class, only {' and '.join(map(str, values))}: a mask"
    with pytest.raises(ImageDataError, match=words) as refused:
        advanced(recipe(folder), tmp_path / "work")
    assert "if the masks are black and white, name the class of 255 in" in str(refused.value)


def test_masks_of_a_single_class_are_noted(folder, tmp_path, monkeypatch, caplog):
    own = VocSource.mask

    def anything(source, name, size):
        mask = own(source, name, size)
        return np.where(mask == 12, 1, mask)

    monkeypatch.setattr(VocSource, "mask", anything)
    built = advanced(recipe(folder), tmp_path / "work")
    (note,) = read_manifest(built.publish.stimulus_folder)["notes"]
    assert note.startswith("The held-out masks have one class only, aeroplane; if their values say")
    assert note in caplog.text
