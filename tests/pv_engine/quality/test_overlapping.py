import pytest
import torch

from pv_engine.quality.overlapping import OverlappingDecoder, OverlappingFit
from tests.pv_engine.quality.networks import ByParts, noise

CPU = torch.device("cpu")


def fitted(images: torch.Tensor, features: torch.Tensor, drawn: int = 32) -> OverlappingDecoder:
    fit = OverlappingFit((features.shape[1], 4, 4), 32, drawn, CPU)
    fit.add(images, features)
    return fit.linear_decoder(1e-6)


def test_features_that_say_all_of_a_patch_give_the_picture_back():
    """Features of random pictures, unfolded by hand, are drawn where they belong."""
    images = torch.nn.functional.interpolate(noise(40, 8), (32, 32), mode="bilinear")
    padded = torch.nn.functional.pad(images, (4, 4, 4, 4), mode="replicate")
    features = torch.nn.functional.unfold(padded, 16, stride=8).unflatten(2, (4, 4))
    # Fewer directions than samples: the pictures are smooth.
    decoder = fitted(images, features)
    assert (decoder(features) - images).abs().mean() < 0.02


def test_equal_cells_are_drawn_without_seams():
    torch.manual_seed(0)
    decoder = OverlappingDecoder(2, 8, 32)
    torch.nn.init.zeros_(decoder.to_patch.weight)
    torch.nn.init.constant_(decoder.to_patch.bias, 0.3)
    drawn = decoder(torch.zeros(1, 2, 4, 4))
    assert torch.allclose(drawn, torch.full_like(drawn, 0.3), atol=1e-6)


def test_between_two_cells_the_picture_passes_over_gradually():
    decoder = OverlappingDecoder(1, 8, 32)
    torch.nn.init.zeros_(decoder.to_patch.bias)
    with torch.no_grad():
        decoder.to_patch.weight.zero_()
        decoder.to_patch.weight[:, 0] = 1.0
    left = torch.zeros(1, 1, 4, 4)
    left[..., :2] = 1.0
    row = decoder(left)[0, 0, 12].detach()
    steps = (row[1:] - row[:-1]).abs()
    assert row[4] == pytest.approx(1)
    assert row[-4] == pytest.approx(0)
    assert steps.max() < 0.25


def test_a_smaller_drawing_is_enlarged():
    features = ByParts(8)(noise(30))
    decoder = fitted(noise(30), features, drawn=16)
    assert decoder(features).shape == (30, 3, 32, 32)
