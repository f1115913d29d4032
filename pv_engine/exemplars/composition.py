"""Puts a training picture where the model looked: moved by whole cells of the feature map."""

from collections.abc import Callable
from itertools import product

import torch
from torch import Tensor
from torch.nn import functional

# A close-up shows where a map is above this share of its maximum, with a margin in shares of the
# side. Chosen by what a zero-shot reader names, on other pictures than those reported.
STRONG = 0.8
MARGIN = 0.06
# The gap between two close-ups is the side divided by this.
GAP = 64


def moved(picture: Tensor, shift: tuple[int, int], cells: tuple[int, int]) -> Tensor:
    """A picture (3, H, W) of which cell i + shift now lies at cell i; white where it has none.

    `shift` counts cells down and right, `cells` is the height and width of the feature map.
    """
    height, width = picture.shape[1:]
    down, right = round(shift[0] * height / cells[0]), round(shift[1] * width / cells[1])
    white = torch.ones_like(picture)
    to_rows, from_rows = _overlap(height, down)
    to_columns, from_columns = _overlap(width, right)
    white[:, to_rows, to_columns] = picture[:, from_rows, from_columns]
    return white


def _overlap(side: int, offset: int) -> tuple[slice, slice]:
    """Where pixels go to and come from along a side, when pixel i takes that of i + offset."""
    return slice(max(0, -offset), side - max(0, offset)), slice(
        max(0, offset), side + min(0, offset)
    )


def small_maps(maps: Tensor, cells: tuple[int, int]) -> Tensor:
    """Maps (B, H, W) as participants see them to their mean in each cell of the features."""
    return functional.adaptive_avg_pool2d(maps, cells)


def close_up(saliency: Tensor) -> tuple[slice, slice]:
    """Rows and columns of the square around what a map (s, s) in [0, 1] highlights most.

    At half the side, a whole picture can hardly be read, and most of it is white. The square has a
    margin, and is no smaller than a quarter of the side.
    """
    side = saliency.shape[0]
    spans = [(saliency >= STRONG * saliency.max()).any(dim=axis).nonzero() for axis in (1, 0)]
    ends = [(int(span.min()), int(span.max()) + 1) for span in spans]
    wanted = max(last - first for first, last in ends) + round(2 * MARGIN * side)
    width = min(side, max(wanted, side // 4))
    rows, columns = (_around(first, last, width, side) for first, last in ends)
    return rows, columns


def _around(first: int, last: int, width: int, side: int) -> slice:
    """`width` places around the middle of `first` to `last`, all within the side."""
    start = min(max(0, (first + last - width) // 2), side - width)
    return slice(start, start + width)


Masking = Callable[[Tensor, Tensor], Tensor]


def in_grid(pictures: Tensor, maps: Tensor, mask: Masking | None = None) -> Tensor:
    """Four pictures (B, 4, 3, s, s) in close-up, the best at the top left: (B, 3, s, s).

    The four are cut at the same place, where their map (B, s, s) is strongest, and `mask` puts what
    was cut (4, 3, h, w) under its part of the map (4, h, w), if it is given.
    """
    return torch.stack([_grid(*each, mask) for each in zip(pictures, maps, strict=True)])


def _grid(pictures: Tensor, saliency: Tensor, mask: Masking | None) -> Tensor:
    """One grid (3, s, s) of four pictures (4, 3, s, s), with a white gap between them."""
    side = saliency.shape[0]
    half = (side - side // GAP) // 2
    rows, columns = close_up(saliency)
    cut = pictures[..., rows, columns]
    if mask is not None:
        cut = mask(cut, saliency[rows, columns].expand(len(cut), -1, -1))
    cut = functional.interpolate(cut, (half, half), mode="bilinear", antialias=True)
    grid = torch.ones(3, side, side, dtype=cut.dtype, device=cut.device)
    first, last = slice(half), slice(side - half, side)
    for picture, (row, column) in zip(cut, product((first, last), repeat=2), strict=True):
        grid[:, row, column] = picture
    return grid
