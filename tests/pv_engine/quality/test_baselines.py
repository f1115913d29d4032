import pytest
import torch

from pv_engine.errors import RecipeError
from pv_engine.quality.baselines import BaselineFit, LinearDecoder, drawn_side, with_surroundings
from tests.pv_engine.quality.networks import noise

CPU = torch.device("cpu")


def features(count, seed):
    return torch.randn(count, 2, 4, 4, generator=torch.Generator().manual_seed(seed))


def linear_decoder():
    """A decoder that draws 4 x 4 patches from two features, never outside [0, 1]."""
    decoder = LinearDecoder(channels=2, patch=4, size=16)
    generator = torch.Generator().manual_seed(5)
    with torch.no_grad():
        weight = decoder.to_patch.weight
        weight.copy_(0.02 * torch.randn(weight.shape, generator=generator))
        decoder.to_patch.bias.fill_(0.5)
    return decoder


def fitted(pictures, inputs, drawn=16, chunk=16):
    fit = BaselineFit((2, 4, 4), 16, drawn, CPU)
    for some in torch.arange(len(pictures)).split(chunk):
        fit.add(pictures[some], inputs[some])
    return fit


@torch.no_grad()
def test_a_decoder_that_is_exactly_linear_is_recovered():
    truth, inputs = linear_decoder(), features(60, seed=0)
    found = fitted(truth(inputs), inputs).linear_decoder(ridge=1e-9)
    unseen = features(10, seed=1)
    assert torch.allclose(found(unseen), truth(unseen), atol=1e-5)


@torch.no_grad()
def test_features_that_say_nothing_leave_the_mean_of_each_pixel_of_a_patch():
    pictures = noise(200, 16)
    found = fitted(pictures, features(200, seed=0)).linear_decoder(ridge=1e6)
    drawn = found(features(1, seed=1))
    patches = torch.nn.functional.pixel_unshuffle(pictures, 4).mean(dim=(0, 2, 3))
    assert torch.allclose(drawn[0, :, 4:8, 8:12].flatten(), patches, atol=1e-4)


def test_the_mean_image_is_the_mean_of_the_pictures():
    pictures = noise(21, 16)
    mean = fitted(pictures, features(21, seed=0)).mean_image()
    assert mean.shape == (1, 3, 16, 16)
    assert torch.allclose(mean[0], pictures.mean(dim=0), atol=1e-6)


@torch.no_grad()
def test_it_can_draw_smaller_and_enlarge():
    inputs = features(40, seed=0)
    fit = fitted(noise(40, 16), inputs, drawn=8)
    decoder = fit.linear_decoder(ridge=1e-3)
    assert decoder.to_patch.out_channels == 3 * 2 * 2
    assert decoder(inputs).shape == (40, 3, 16, 16)


@pytest.mark.parametrize("drawn", [10, 32])
def test_a_side_that_does_not_fit_the_feature_map_is_refused(drawn):
    with pytest.raises(RecipeError, match=rf"linear_size is {drawn}, .* side, 4, .*_size, 16"):
        BaselineFit((2, 4, 4), 16, drawn, CPU)


def test_at_a_corner_the_surroundings_are_the_four_cells_inside():
    maps = torch.arange(16.0).reshape(1, 1, 4, 4)
    both = with_surroundings(maps)
    assert torch.equal(both[:, :1], maps)
    assert both[0, 1, 0, 0] == pytest.approx((0 + 1 + 4 + 5) / 4)
    assert both[0, 1, 1, 1] == pytest.approx(5.0)


def test_pictures_stay_between_0_and_1():
    decoder = linear_decoder()
    drawn = decoder(1000 * features(2, seed=0))
    assert drawn.min() >= 0
    assert drawn.max() <= 1


@pytest.mark.parametrize(("side", "size", "drawn"), [(7, 224, 224), (8, 299, 296), (37, 518, 518)])
def test_it_draws_at_the_largest_multiple_of_the_feature_maps_side(side, size, drawn):
    assert drawn_side((4, side, side), size) == drawn
    fit = BaselineFit((4, side, side), size, drawn, torch.device("cpu"))
    fit.add(torch.rand(3, 3, size, size), torch.rand(3, 4, side, side))
    features = torch.rand(2, 4, side, side)
    assert fit.linear_decoder(0.1)(features).shape == (2, 3, size, size)
