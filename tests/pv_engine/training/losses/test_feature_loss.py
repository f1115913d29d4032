import pytest
import torch

from pv_engine.recipe import DecoderConfig
from pv_engine.training.losses.feature_loss import feature_loss

Pair = tuple[torch.Tensor, torch.Tensor]


@pytest.fixture
def pair():
    generator = torch.Generator().manual_seed(0)
    return torch.rand(3, 4, 2, 2, generator=generator), torch.rand(3, 4, 2, 2, generator=generator)


def test_squared_is_equation_9(pair: Pair):
    features, again = pair
    squares = (again - features) ** 2
    assert feature_loss(*pair, DecoderConfig()).item() == pytest.approx(squares.mean().item())
    summed = feature_loss(*pair, DecoderConfig(reduction="sum"))
    assert summed.item() == pytest.approx(squares.sum().item())


def test_relative_does_not_depend_on_the_scale_of_the_features(pair: Pair):
    features, again = pair
    config = DecoderConfig(feature_loss="relative", pooled_share=0.5)
    loss = feature_loss(features, again, config)
    assert feature_loss(10 * features, 10 * again, config).item() == pytest.approx(loss.item())


def test_relative_is_one_when_nothing_of_the_features_comes_back(pair: Pair):
    features, _ = pair
    config = DecoderConfig(feature_loss="relative", pooled_share=0.3)
    assert feature_loss(features, torch.zeros_like(features), config).item() == pytest.approx(1)
    assert feature_loss(features, features, config).item() == 0


def test_the_pooled_part_sees_only_the_mean_over_cells(pair: Pair):
    features, _ = pair
    moved = features.flip(3)
    assert feature_loss(
        features, moved, DecoderConfig(feature_loss="relative", pooled_share=1.0)
    ).item() == pytest.approx(0, abs=1e-9)
    assert feature_loss(features, moved, DecoderConfig(feature_loss="relative")).item() > 0.01


def test_features_that_are_all_zero_give_a_finite_loss():
    zero = torch.zeros(1, 4, 2, 2)
    assert feature_loss(zero, zero, DecoderConfig(feature_loss="relative")).item() == 0
