import pytest
import torch

from pv_engine.errors import RecipeError
from pv_engine.networks.decoders.upsampling import build_layout, build_upsampling_decoder, enlarged


def make(size: int = 32):
    return build_upsampling_decoder((6, 2, 2), size, 0.1, seed=0)


def features(count: int = 2) -> torch.Tensor:
    return torch.rand(count, 6, 2, 2, generator=torch.Generator().manual_seed(0))


@pytest.mark.parametrize(
    ("shape", "size"),
    [
        ((5, 7, 7), 224),
        ((5, 8, 8), 64),
        ((5, 2, 2), 256),
        ((5, 8, 8), 299),
        ((5, 9, 9), 260),
        ((5, 37, 37), 518),
        ((5, 2, 2), 8),
    ],
)
def test_any_square_feature_map_can_be_decoded(shape, size):
    with torch.device("meta"):
        decoder = build_upsampling_decoder(shape, size, 0.1, seed=0)
        assert decoder(torch.zeros(2, *shape)).shape == (2, 3, size, size)


def test_a_map_that_is_no_square_is_refused_with_a_profile_that_draws_it():
    with pytest.raises(RecipeError, match=r"map has 2 x 3 cells; .*decoder\.profile = \"paper\""):
        build_upsampling_decoder((6, 2, 3), 32, 0.1, seed=0)


def test_before_the_details_are_trained_it_draws_the_enlarged_layout():
    decoder = make().eval()
    torch.nn.init.normal_(decoder.layout.to_patch.weight, std=0.1)
    expected = enlarged(decoder.layout(features()), 32).clamp(0.02, 0.98)
    assert torch.allclose(decoder(features()), expected, atol=1e-6)


def test_an_untrained_layout_is_the_mean_whatever_the_features():
    layout = build_layout((6, 2, 2), 32, 0.1, seed=0).eval()
    layout.mean.copy_(torch.rand(1, 3, 8, 8))
    assert torch.equal(layout(features()), layout.mean.expand(2, -1, -1, -1))


def test_only_the_details_are_trained_and_the_layout_drops_nothing_out():
    decoder = make().train()
    decoder(features()).sum().backward()
    assert all(parameter.grad is None for parameter in decoder.layout.parameters())
    assert decoder.details.to_picture.weight.grad.abs().sum() > 0
    assert torch.equal(decoder(features()), decoder(features()))


def test_a_layout_beyond_white_stays_finite():
    decoder = make().eval()
    decoder.layout.mean.fill_(7.0)
    assert torch.isfinite(decoder(features())).all()


def test_a_pattern_of_single_pixels_from_the_shuffle_is_smoothed_away():
    details = make().details.eval()
    signs = torch.tensor([1.0, -1.0]).repeat(6)  # neighbouring columns of each 2 x 2 patch
    details.to_picture.bias.data.copy_(signs)
    drawn = details(features(), torch.zeros(2, details.of_mixed.in_channels, 2, 2))
    assert drawn.shape == (2, 3, 32, 32)
    assert torch.allclose(drawn[..., 3:-3], torch.zeros(()), atol=1e-6)


def test_a_cells_place_matters_to_the_layout():
    layout = build_layout((6, 2, 2), 32, 0.1, seed=0).eval()
    torch.nn.init.normal_(layout.position)
    same_everywhere = torch.ones(1, 6, 2, 2)
    mixed = layout.mixed(same_everywhere)
    assert not torch.allclose(mixed[..., 0, 0], mixed[..., 1, 1])


def test_the_same_seed_gives_the_same_weights():
    first, second = make().state_dict(), make().state_dict()
    other = build_upsampling_decoder((6, 2, 2), 32, 0.1, seed=1).state_dict()
    assert all(torch.equal(first[key], second[key]) for key in first)
    assert not torch.equal(first["details.of_features.weight"], other["details.of_features.weight"])
