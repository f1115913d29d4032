import numpy as np
import pytest
import torch

from pv_engine.networks.decoders.upsampling import build_upsampling_decoder
from pv_engine.recipe import DecoderConfig
from pv_engine.training.batch import Batch
from pv_engine.training.features.stored import StoredFeatures
from pv_engine.training.images import Pictures
from pv_engine.training.objectives.decoder import DecoderObjective
from pv_engine.training.objectives.upsampling import UpsamplingObjective
from tests.pv_engine.quality.networks import colour_classifier


def one_step(count: int, seed: int) -> Batch:
    """The first pictures, and a step's randomness."""
    return Batch(torch.arange(count), torch.Generator().manual_seed(seed), 0, count)


@pytest.fixture
def make(tmp_path):
    """Makes an objective on noise, with the recipe's [decoder] section as given."""
    array = np.random.default_rng(0).integers(0, 256, (40, 3, 32, 32), dtype=np.uint8)
    training, validation = (
        Pictures(array, rows, torch.device("cpu")) for rows in (np.arange(30), np.arange(30, 40))
    )

    def objective(**settings) -> UpsamplingObjective:
        config = DecoderConfig(batch_size=8, **settings)
        path = tmp_path / f"features-{config.flip}.npy"
        store = StoredFeatures(path, colour_classifier(), training, config.flip)
        while not store.is_complete:
            store.fill_chunk()
        decoder = build_upsampling_decoder((3, 4, 4), 32, 0.1, seed=0)
        torch.nn.init.normal_(decoder.details.to_picture.weight, std=0.1)
        return UpsamplingObjective(decoder, config, store, validation, "single_label")

    return objective


@pytest.mark.parametrize("flip", [False, True])
def test_its_losses_are_equation_6_as_without_a_store(make, flip):
    objective = make(flip=flip)
    plain = DecoderObjective(
        objective.module,
        objective.classifier,
        objective.config,
        objective.features.pictures,
        objective.validation,
    )
    found, expected = (each.losses(one_step(8, 3)) for each in (objective, plain))
    assert set(found) == set(expected)
    for name in found:
        assert found[name].item() == pytest.approx(expected[name].item(), abs=2e-4)


def test_the_encoder_is_asked_once_for_a_step_and_never_without_feature_loss(make):
    passes = []
    for settings in ({}, {"mse_weight": 0.5, "ssim_weight": 0.5, "dsim_weight": 0.0}):
        objective = make(**settings)
        objective.classifier_again.encoder.register_forward_hook(lambda *_: passes.append(1))
        objective.classifier.encoder.register_forward_hook(lambda *_: passes.append(1))
        objective.losses(one_step(8, 0))
        passes.append(0)
    assert passes == [1, 0, 0]


def test_the_prediction_loss_is_added_with_its_weight(make):
    weights = {"mse_weight": 0.3, "ssim_weight": 0.3, "dsim_weight": 0.2}
    objective = make(profile="upsampling", **weights, prediction_weight=0.2)
    terms = objective.losses(one_step(8, 0))
    assert terms["prediction"].item() > 0
    assert terms["total"].item() == pytest.approx(
        0.3 * terms["mse"].item()
        + 0.3 * terms["ssim"].item()
        + 0.2 * terms["dsim"].item()
        + 0.2 * terms["prediction"].item()
    )


def test_the_score_is_the_weighted_loss_on_the_validation_pictures(make):
    objective = make(feature_loss="relative", pooled_share=0.5)
    measures = objective.validate()
    assert measures["score"] == pytest.approx(
        0.2 * measures["validation_mse"]
        - 0.4 * 3 * measures["validation_ssim"]
        + 0.4 * measures["validation_dsim"]
    )
    assert 0 <= measures["validation_agreement"] <= 1


def test_only_the_details_get_gradients(make):
    objective = make()
    objective.losses(one_step(8, 0))["total"].backward()
    assert all(each.grad is None for each in objective.classifier.parameters())
    assert all(each.grad is None for each in objective.classifier_again.parameters())
    assert all(each.grad is None for each in objective.module.layout.parameters())
    assert all(each.grad is not None for each in objective.module.details.parameters())
