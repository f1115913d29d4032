import pytest
import torch

from pv_engine.errors import RecipeError
from pv_engine.networks.decoders.resizing import build_resizing_decoder


def features(count: int = 2) -> torch.Tensor:
    return torch.rand(count, 6, 2, 2, generator=torch.Generator().manual_seed(0))


@pytest.mark.parametrize(("shape", "size"), [((5, 7, 7), 224), ((5, 8, 8), 16), ((5, 2, 2), 256)])
def test_any_feature_map_that_doubles_to_the_picture_can_be_decoded(shape, size):
    with torch.device("meta"):
        decoder = build_resizing_decoder(shape, size, 0.1, seed=0)
        assert decoder(torch.zeros(2, *shape)).shape == (2, 3, size, size)


def test_a_picture_that_is_no_doubling_is_refused_with_one_that_is():
    with pytest.raises(RecipeError, match=r"image_size is 40.*32 would be"):
        build_resizing_decoder((6, 2, 2), 40, 0.1, seed=0)


def test_pictures_are_within_range_and_follow_from_the_seed():
    first, second, other = (build_resizing_decoder((6, 2, 2), 32, 0.1, seed) for seed in (1, 1, 2))
    drawn = first(features())
    assert torch.equal(drawn, second(features()))
    assert not torch.equal(drawn, other(features()))
    assert 0 <= drawn.min() <= drawn.max() <= 1


def test_equal_cells_give_a_picture_without_grid_or_tiles():
    """Away from the border, all pixels are equal: none is covered by more weights than another."""
    decoder = build_resizing_decoder((6, 32, 32), 64, 0.2, seed=0).eval()
    drawn = decoder(torch.rand(1, 6, 1, 1, generator=torch.Generator().manual_seed(0))
                    .expand(1, 6, 32, 32))  # fmt: skip
    inside = drawn[0, :, 24:40, 24:40]
    assert (inside.amax(dim=(1, 2)) - inside.amin(dim=(1, 2))).max() < 1e-5
    assert drawn.std() > 1e-4
