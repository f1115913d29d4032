"""Puts a training picture where the model looked: moved by whole cells of the feature map."""

import torch
from torch import Tensor
from torch.nn import functional


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


def in_grid(pictures: Tensor) -> Tensor:
    """Four pictures (B, 4, 3, s, s) at half their side, the best at the top left: (B, 3, s, s)."""
    count, _, channels, height, width = pictures.shape
    halves = functional.interpolate(
        pictures.flatten(0, 1), (height // 2, width // 2), mode="bilinear", antialias=True
    ).view(count, 2, 2, channels, height // 2, width // 2)
    joined = halves.permute(0, 3, 1, 4, 2, 5).flatten(4).flatten(2, 3)
    return functional.pad(joined, (0, width % 2, 0, height % 2), value=1.0)
