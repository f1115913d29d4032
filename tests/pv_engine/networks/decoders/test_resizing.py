import pytest
import torch

from pv_engine.errors import RecipeError
from pv_engine.networks.decoders.resizing import build_resizing_decoder, start_side


class Grey(torch.nn.Module):
    """A start that draws the mean of the features, the same for every pixel."""

    def __init__(self, size: int) -> None:
        super().__init__()
        self.size = size
        self.unused = torch.nn.Parameter(torch.zeros(1))

    def forward(self, features: torch.Tensor) -> torch.Tensor:
        return features.mean(dim=(1, 2, 3))[:, None, None, None].expand(-1, 3, self.size, self.size)


def make(size: int, seed: int = 0, shape=(6, 2, 2), width: float = 0.1):
    return build_resizing_decoder(Grey(size), shape, size, width, seed)


def features(count: int = 2) -> torch.Tensor:
    return torch.rand(count, 6, 2, 2, generator=torch.Generator().manual_seed(0))


@pytest.mark.parametrize(("shape", "size"), [((5, 7, 7), 224), ((5, 8, 8), 16), ((5, 2, 2), 256)])
def test_any_feature_map_that_doubles_to_the_picture_can_be_decoded(shape, size):
    with torch.device("meta"):
        decoder = make(size, shape=shape)
        assert decoder(torch.zeros(2, *shape)).shape == (2, 3, size, size)


def test_a_picture_that_is_no_doubling_is_reached_all_the_same():
    assert make(40)(features()).shape == (2, 3, 40, 40)


@pytest.mark.parametrize(("side", "size", "drawn"), [(6, 96, 48), (7, 50, 42), (16, 32, 32)])
def test_the_start_draws_an_even_number_of_pixels_for_each_cell(side, size, drawn):
    assert start_side((5, side, side), size) == drawn


def test_features_as_large_as_the_picture_are_refused():
    with pytest.raises(RecipeError, match=r"half the side of data\.image_size, 32"):
        start_side((5, 20, 20), 32)


def test_before_training_it_draws_the_start():
    decoder = make(32).eval()
    assert torch.allclose(decoder(features()), decoder.start(features()), atol=1e-6)


def test_the_start_is_frozen_and_the_weights_follow_from_the_seed():
    first, second, other = (make(32, seed) for seed in (1, 1, 2))
    assert not any(each.requires_grad for each in first.start.parameters())
    assert torch.equal(first.to_width.weight, second.to_width.weight)
    assert not torch.equal(first.to_width.weight, other.to_width.weight)


def test_equal_cells_give_a_picture_without_grid_or_tiles():
    """Away from the border, all pixels are equal: none is covered by more weights than another."""
    decoder = make(64, shape=(6, 32, 32), width=0.2).eval()
    torch.nn.init.normal_(decoder.to_picture.weight)
    cell = torch.rand(1, 6, 1, 1, generator=torch.Generator().manual_seed(0))
    drawn = decoder(cell.expand(1, 6, 32, 32))
    inside = drawn[0, :, 24:40, 24:40]
    assert (inside.amax(dim=(1, 2)) - inside.amin(dim=(1, 2))).max() < 1e-5
    assert drawn.std() > 1e-4
