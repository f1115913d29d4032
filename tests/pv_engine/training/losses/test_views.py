import pytest
import torch

from pv_engine.training.losses.views import LARGEST, SMALLEST, View, random_view
from tests.pv_engine.quality.networks import noise


def views(count: int, seed: int = 0) -> list[View]:
    generator = torch.Generator().manual_seed(seed)
    return [random_view(32, generator) for _ in range(count)]


def test_a_view_has_the_size_of_the_pictures_whether_they_grow_or_shrink():
    sides = {view.side for view in views(60)}
    assert min(sides) < 28 < 36 < max(sides)
    assert all(32 * SMALLEST <= side <= 32 * LARGEST for side in sides)
    for view in views(20):
        assert view.of(noise(2)).shape == (2, 3, 32, 32)


def test_the_same_view_treats_picture_and_reconstruction_alike():
    view, pictures = views(1)[0], noise(3)
    assert torch.equal(view.of(pictures)[:1], view.of(pictures[:1]))


def test_views_follow_from_the_generator():
    assert views(5) == views(5)
    assert views(5) != views(5, seed=1)


def test_a_view_of_the_same_size_only_shifts():
    pictures = noise(1)
    shifted = View(32, down=0.0, right=0.5).of(pictures)
    assert torch.equal(shifted[..., 2:, :], pictures[..., :-2, :])


@pytest.mark.parametrize("side", [24, 40])
def test_a_grid_of_single_pixels_is_weaker_in_a_view_than_a_shape(side):
    """So a loss on views cannot be met by grain."""
    grid = torch.zeros(1, 3, 32, 32)
    grid[..., ::2, ::2] = grid[..., 1::2, 1::2] = 1.0
    shape = torch.zeros(1, 3, 32, 32)
    shape[..., 8:24, 8:24] = 1.0
    view = View(side, 0.3, 0.6)
    assert view.of(grid).std() < 0.75 * grid.std()
    assert view.of(shape).max() > 0.95
