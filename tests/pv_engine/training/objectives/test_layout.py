import numpy as np
import pytest
import torch
from torch.nn import functional

from pv_engine.networks.decoders.upsampling import build_layout
from pv_engine.recipe import DecoderConfig
from pv_engine.training.batch import Batch
from pv_engine.training.features.stored import StoredFeatures
from pv_engine.training.images import Pictures
from pv_engine.training.objectives.layout import LayoutObjective
from tests.pv_engine.quality.networks import colour_classifier

SIZE = 32


def one_step(count: int, seed: int) -> Batch:
    """The first pictures, and a step's randomness."""
    return Batch(torch.arange(count), torch.Generator().manual_seed(seed), 0, count)


@pytest.fixture
def objective(tmp_path):
    """Plain pictures in four colours each, whose features are just these colours."""
    colours = np.random.default_rng(0).integers(0, 256, (60, 3, 4, 4), dtype=np.uint8)
    array = colours.repeat(8, axis=2).repeat(8, axis=3)
    training, validation = (
        Pictures(array, rows, torch.device("cpu")) for rows in (np.arange(50), np.arange(50, 60))
    )
    store = StoredFeatures(tmp_path / "features.npy", colour_classifier(), training, True)
    while not store.is_complete:
        store.fill_chunk()
    layout = build_layout((3, 4, 4), SIZE, 0.2, seed=0)
    return LayoutObjective(layout, DecoderConfig(batch_size=25), store, validation)


def reduced(images: torch.Tensor) -> torch.Tensor:
    return functional.interpolate(images, (16, 16), mode="area")


def test_it_begins_at_the_mean_of_pictures_and_mirror_images(objective):
    objective.begin_at_mean()
    pictures = reduced(objective.features.pictures.batch(torch.arange(50)))
    mean = torch.cat([pictures, pictures.flip(3)]).mean(dim=0, keepdim=True)
    assert torch.allclose(objective.module.mean, mean, atol=1e-6)
    spread = ((reduced(objective.validation.batch(torch.arange(10))) - mean) ** 2).mean()
    assert objective.validate()["score"] == pytest.approx(spread.item(), rel=1e-4)


def test_a_mirrored_picture_is_compared_with_its_own_features(objective):
    """A layout that paints each cell in its features' colour is right about mirror images, too."""
    objective.begin_at_mean()
    objective.module.forward = lambda features: functional.interpolate(features, scale_factor=4)
    loss = objective.losses(one_step(20, 0))["total"]
    assert loss.item() == pytest.approx(0, abs=1e-6)


def test_it_learns_colours_that_the_features_contain(objective):
    objective.begin_at_mean()
    before = objective.validate()["score"]
    optimizer = torch.optim.AdamW(objective.module.parameters(), lr=1e-2)
    for step in range(60):
        loss = objective.losses(one_step(50, step))["total"]
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    assert objective.validate()["score"] < 0.7 * before
