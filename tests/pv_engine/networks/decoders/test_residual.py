import torch
from torch import nn

from pv_engine.networks.decoders.paper import build_decoder
from pv_engine.networks.decoders.residual import ResidualDecoder


def make(brightness: float) -> ResidualDecoder:
    """A residual decoder whose start is one even grey, whatever the features."""
    convolution = nn.Conv2d(4, 3, 1)
    nn.init.zeros_(convolution.weight)
    nn.init.constant_(convolution.bias, brightness)
    start = nn.Sequential(convolution, nn.Upsample(scale_factor=8))
    return ResidualDecoder(start, build_decoder((4, 2, 2), 16, 0.1, seed=0)).eval()


def features() -> torch.Tensor:
    return torch.rand(2, 4, 2, 2, generator=torch.Generator().manual_seed(0))


def test_before_training_it_draws_what_the_start_draws():
    drawn = make(0.3)(features())
    assert torch.allclose(drawn, torch.full((2, 3, 16, 16), 0.3), atol=1e-6)


def test_a_start_beyond_white_stays_finite():
    assert torch.isfinite(make(7.0)(features())).all()


def test_only_the_papers_part_is_trained():
    decoder = make(0.5)
    decoder.train()(features()).sum().backward()
    assert all(parameter.grad is None for parameter in decoder.start.parameters())
    assert decoder.decoder.to_picture.weight.grad is not None
