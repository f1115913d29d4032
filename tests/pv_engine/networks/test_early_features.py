import torch
from torch import nn

from pv_engine.networks.early_features import EarlyFeatures
from pv_engine.networks.families.small_cnn import SmallCnn
from tests.pv_engine.quality.networks import noise


def test_the_last_features_at_half_a_quarter_and_an_eighth_are_collected():
    encoder = SmallCnn(2, width=4, downsampling=16).features.eval()
    with EarlyFeatures(encoder, 64).collected() as found:
        encoder(noise(2, 64))
    assert [each.shape for each in found] == [(2, 4, 32, 32), (2, 8, 16, 16), (2, 16, 8, 8)]
    assert all(each.min() >= 0 for each in found)  # behind the ReLU


def test_sides_that_a_network_does_not_have_are_left_out():
    encoder = nn.Sequential(nn.Conv2d(3, 2, 4, stride=4), nn.Conv2d(2, 2, 1))
    with EarlyFeatures(encoder, 32).collected() as found:
        encoder(noise(1))
    assert [each.shape for each in found] == [(1, 2, 8, 8)]


def test_nothing_is_collected_outside_the_block():
    encoder = SmallCnn(2, width=4, downsampling=8).features.eval()
    early = EarlyFeatures(encoder, 32)
    with early.collected() as found:
        pass
    encoder(noise(1))
    assert found == []


def test_looking_for_the_layers_leaves_the_network_as_it_was():
    encoder = SmallCnn(2, width=4, downsampling=8).features.train()
    before = {key: value.clone() for key, value in encoder.state_dict().items()}
    EarlyFeatures(encoder, 32)
    assert encoder.training
    assert all(torch.equal(before[key], value) for key, value in encoder.state_dict().items())
