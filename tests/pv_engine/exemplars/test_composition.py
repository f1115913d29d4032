import pytest
import torch

from pv_engine.exemplars.composition import close_up, in_grid, moved, small_maps
from tests.pv_engine.quality.networks import noise


@pytest.mark.parametrize("shift", [(0, 0), (1, 0), (0, -2), (-1, 2), (2, 2)])
def test_the_pictures_cell_i_plus_shift_lies_at_cell_i(shift):
    [picture] = noise(1, 32)
    shown = moved(picture, shift, (4, 4))
    for row in range(4):
        for column in range(4):
            there = (row + shift[0], column + shift[1])
            inside = all(0 <= place < 4 for place in there)
            wanted = cell(picture, *there) if inside else torch.ones(3, 8, 8)
            assert torch.equal(cell(shown, row, column), wanted)


def cell(picture, row, column):
    return picture[:, 8 * row : 8 * row + 8, 8 * column : 8 * column + 8]


def test_a_side_that_cells_do_not_divide_is_moved_by_the_nearest_pixel():
    [picture] = noise(1, 30)
    shown = moved(picture, (1, 0), (7, 7))
    assert torch.equal(shown[:, :26], picture[:, 4:])
    assert (shown[:, 26:] == 1).all()


def test_a_cells_weight_is_the_mean_of_the_map_in_it():
    maps = torch.zeros(1, 8, 8)
    maps[0, :4, 4:6] = 1.0
    assert small_maps(maps, (2, 2)).tolist() == [[[0, 0.5], [0, 0]]]


def spot(size, rows, columns, value=1.0):
    """A map (size, size) that is 0 but for a rectangle."""
    saliency = torch.zeros(size, size)
    saliency[rows, columns] = value
    return saliency


def test_the_grid_reads_from_the_top_left():
    levels = torch.tensor([0.1, 0.3, 0.5, 0.7])
    grid = in_grid(levels.view(1, 4, 1, 1, 1).expand(1, 4, 3, 8, 8), torch.ones(1, 8, 8))
    assert grid.shape == (1, 3, 8, 8)
    corners = grid[0, 0, [1, 1, 6, 6], [1, 6, 1, 6]]
    assert torch.allclose(corners, levels)


def test_a_white_gap_parts_the_pictures():
    grid = in_grid(torch.zeros(1, 4, 3, 128, 128), torch.ones(1, 128, 128))
    white = grid[0, 0] == 1
    assert white.all(dim=0).nonzero().flatten().tolist() == [63, 64]
    assert white.all(dim=1).nonzero().flatten().tolist() == [63, 64]


def test_a_grid_of_an_odd_side_keeps_it():
    assert in_grid(torch.zeros(2, 4, 3, 9, 9), torch.ones(2, 9, 9)).shape == (2, 3, 9, 9)


def test_a_grid_shows_its_pictures_where_the_map_is_strongest():
    saliency = spot(100, slice(10, 40), slice(50, 80))
    pictures = torch.zeros(1, 4, 3, 100, 100)
    pictures[:, :, 0, 10:40, 50:80] = 1.0
    grid = in_grid(pictures, saliency[None])
    # 30 of 42 pixels along a side are within the spot.
    assert float(grid[0, 0].mean()) == pytest.approx((30 / 42) ** 2, abs=0.02)


@pytest.mark.parametrize(
    ("saliency", "rows", "columns"),
    [
        (torch.ones(100, 100), (0, 100), (0, 100)),
        (spot(100, slice(40, 60), slice(30, 60)), (29, 71), (24, 66)),
        # In a corner, the square is moved inside; a single pixel still gets a quarter of the side.
        (spot(100, 99, 0), (75, 100), (0, 25)),
        # What is weaker than the strongest part is left out.
        (spot(100, 50, 50) + spot(100, 5, 5, 0.7), (38, 63), (38, 63)),
    ],
)
def test_a_close_up_is_a_square_around_the_strongest_part(saliency, rows, columns):
    found = close_up(saliency)
    assert [(each.start, each.stop) for each in found] == [rows, columns]
