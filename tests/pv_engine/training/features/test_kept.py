"""Features of a frozen encoder that are computed once: the same bits, a budget, kills."""

import shutil
from typing import Any

import pytest
import torch

from pv_engine.pipeline.decoder_build import DecoderBuild
from pv_engine.recipe.resources import Resources
from pv_engine.training.features import kept as kept_features
from pv_engine.training.features.kept import FeatureFormat, KeptFeatures, keep_features
from pv_engine.training.features.stores import DeviceStore, FileStore
from pv_engine.training.images import Pictures, mirror

CPU = torch.device("cpu")
HEAD = ("classifier.train=head", "classifier.shift=false", "classifier.epochs=4")


def trained(recipe, folder, seconds=60.0, cache_mib=100):
    """A finished decoder, and the sentences of its phases; opened again for each segment."""
    reported = []
    while True:
        build = DecoderBuild(recipe, folder, Resources(feature_cache_mib=cache_mib))
        steps = build.run(seconds)
        sentence = next(steps, None)
        if sentence is None:
            return build.workspace, reported
        reported.append(sentence)


@pytest.fixture
def pictures():
    generator = torch.Generator().manual_seed(0)
    array = torch.randint(0, 256, (21, 3, 16, 16), generator=generator, dtype=torch.uint8).numpy()
    rows = torch.arange(1, 21).numpy()
    return Pictures(array, rows, CPU)


@pytest.fixture
def encode():
    torch.manual_seed(0)
    network = torch.nn.Conv2d(3, 5, 4, stride=4)
    # Torch types no `to` with a memory format alone.
    network.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    return lambda images: network(images)


def filled(encode, pictures, store, mirrored=True):
    layout = FeatureFormat.of(encode(pictures.batch(torch.arange(2))))
    kept = KeptFeatures(encode, pictures, 8, layout, store(layout), mirrored)
    kept.fill(lambda: True)
    return kept


@pytest.mark.parametrize("kind", ["device", "file"])
@torch.no_grad()
def test_kept_features_are_those_of_the_pictures_as_they_are_and_mirrored(
    encode, pictures, tmp_path, kind
):
    def store(layout):
        shape = layout.stored_shape(40)
        if kind == "device":
            return DeviceStore(shape, layout.dtype, CPU)
        return FileStore(tmp_path / "features.npy", shape, layout.dtype, CPU)

    kept = filled(encode, pictures, store)
    numbers = torch.tensor([19, 0, 7, 3, 3, 12, 1, 8])
    mirrored = torch.tensor([True, False, True, True, False, False, True, False])
    computed = encode(mirror(pictures.batch(numbers), mirrored))
    assert torch.equal(kept.batch(numbers, mirrored), computed)
    assert kept.batch(numbers, mirrored).stride() == computed.stride()
    assert torch.equal(kept.batch(numbers, None), encode(pictures.batch(numbers)))


@torch.no_grad()
def test_half_precision_features_come_out_of_a_file_as_they_went_in(encode, pictures, tmp_path):
    half = filled(
        lambda images: encode(images).bfloat16(),
        pictures,
        lambda layout: FileStore(
            tmp_path / "features.npy", layout.stored_shape(20), layout.dtype, CPU
        ),
        mirrored=False,
    )
    numbers = torch.arange(8)
    expected = encode(pictures.batch(numbers)).bfloat16()
    assert half.batch(numbers, None).dtype == torch.bfloat16
    assert torch.equal(half.batch(numbers, None), expected)


@pytest.mark.parametrize(
    ("changes", "phase"),
    [
        (("decoder.epochs=4",), "decoder"),
        (("decoder.epochs=3", "decoder.flip=false", "decoder.profile=residual"), "decoder"),
        (HEAD, "classifier"),
    ],
    ids=["mirrored", "residual", "head"],
)
def test_weights_are_the_same_to_the_bit_with_and_without_kept_features(
    tiny_recipe, tmp_path, monkeypatch, changes, phase
):
    monkeypatch.setattr(kept_features, "GROUP", 16)
    recipe = tiny_recipe(*changes)
    computed, _ = trained(recipe, tmp_path / "computed", cache_mib=0)
    kept, reported = trained(recipe, tmp_path / "kept")
    cut, sentences_of_cut = trained(recipe, tmp_path / "cut", seconds=0.0)
    assert any(f"{phase}, 0 %: Features of" in sentence for sentence in sentences_of_cut)
    for other in (kept, cut):
        assert computed.classifier_path.read_bytes() == other.classifier_path.read_bytes()
        assert computed.decoder_path.read_bytes() == other.decoder_path.read_bytes()
    assert not any("Features of" in sentence for sentence in reported)


def test_each_picture_goes_through_the_encoder_once_for_its_features(tiny_recipe, tmp_path):
    recipe = tiny_recipe("decoder.epochs=6", "decoder.flip=false", "decoder.dsim_weight=0",
                         "decoder.ssim_weight=0.8")  # fmt: skip
    build = DecoderBuild(recipe, tmp_path / "work")
    decoder: Any = build.phases[-1]
    while not build.phases[-2].is_done:
        next(build.run(60.0))
    seen = []
    build.workspace.classifier.encoder.register_forward_hook(
        lambda _module, inputs, _output: seen.append(len(inputs[0]))
    )
    decoder.training.preparations()
    seen.clear()  # one probe gives shape and type
    decoder.advance(60.0)
    training, _ = build.workspace.training()
    validation, _ = build.workspace.validation()
    batches = -(-len(training) // 8) * 8
    # A validation needs features, those of the reconstructions, and those of the sample pictures.
    assert sum(seen) == batches + 6 * 2 * len(validation) + 6 * min(8, len(validation)) + 1


def test_the_kept_file_is_gone_once_the_weights_are_there(tiny_recipe, tmp_path):
    workspace, _ = trained(tiny_recipe("decoder.epochs=4"), tmp_path / "work")
    assert not list((workspace.folder / "decoder").glob("features-*"))


def plan(encode, pictures, folder, epochs=10, mirrored=True, budget=1):
    return keep_features(encode, pictures, 8, epochs, mirrored, folder, budget)


def test_features_are_not_kept_where_filling_costs_as_much_as_training(encode, pictures, tmp_path):
    assert plan(encode, pictures, tmp_path, epochs=2) is None
    assert plan(encode, pictures, tmp_path, epochs=3) is not None
    assert plan(encode, pictures, tmp_path, epochs=2, mirrored=False) is not None


def test_features_beyond_the_budget_are_not_kept(encode, pictures, tmp_path, monkeypatch):
    assert plan(encode, pictures, tmp_path, budget=0) is None
    monkeypatch.setattr(kept_features, "MIB", 40 * 5 * 4 * 4 * 4 - 1)
    assert plan(encode, pictures, tmp_path) is None
    monkeypatch.setattr(kept_features, "MIB", 40 * 5 * 4 * 4 * 4)
    assert plan(encode, pictures, tmp_path) is not None


def test_features_that_the_disk_has_no_room_for_are_not_kept(
    encode, pictures, tmp_path, monkeypatch
):
    usage = shutil.disk_usage(tmp_path)
    full = usage._replace(free=2 * 40 * 5 * 4 * 4 * 4 - 1)
    monkeypatch.setattr(shutil, "disk_usage", lambda _folder: full)
    assert plan(encode, pictures, tmp_path) is None


def test_a_device_with_room_of_its_own_keeps_them_there(encode, pictures, tmp_path, monkeypatch):
    monkeypatch.setattr(kept_features, "fits", lambda device, nbytes: True)
    assert isinstance(plan(encode, pictures, tmp_path).store, DeviceStore)


def test_pictures_that_are_held_give_the_same_batches(pictures):
    numbers = torch.tensor([4, 0, 19])
    travelling = pictures.batch(numbers)
    pictures.hold()
    held = pictures.batch(numbers)
    assert torch.equal(travelling, held)
    assert travelling.stride() == held.stride()
    assert pictures.nbytes == 20 * 3 * 16 * 16
