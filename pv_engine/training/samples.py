"""Sample pictures during a decoder's training: originals above their reconstructions."""

import io
from pathlib import Path

import torch
from PIL import Image
from torch import Tensor

from pv_engine.data.atomic_files import write_atomically
from pv_engine.training.images import Pictures

SHOWN = 8
MARGIN = 4


def sample_numbers(pictures: Pictures) -> Tensor:
    """Return the numbers of a few pictures, spread evenly, always the same."""
    count = min(SHOWN, len(pictures))
    return torch.arange(count) * len(pictures) // max(1, count)


def write_samples(folder: Path, step: int, rows: Tensor) -> Path:
    """Draw pictures (R, B, 3, H, W) in [0, 1] as R rows of B into `step-<step>.webp`."""
    buffer = io.BytesIO()
    _grid(rows).save(buffer, "WEBP", quality=88)
    path = folder / f"step-{step:08d}.webp"
    write_atomically(path, buffer.getvalue())
    return path


def _grid(rows: Tensor) -> Image.Image:
    lines, columns, _, height, width = rows.shape
    size = columns * (width + MARGIN) + MARGIN, lines * (height + MARGIN) + MARGIN
    grid = Image.new("RGB", size, "white")
    bytes_ = rows.float().clamp(0, 1).mul(255).round().byte().permute(0, 1, 3, 4, 2).cpu().numpy()
    for line in range(lines):
        for column in range(columns):
            place = MARGIN + column * (width + MARGIN), MARGIN + line * (height + MARGIN)
            grid.paste(Image.fromarray(bytes_[line, column]), place)
    return grid
