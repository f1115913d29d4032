"""A perceptual hash, by which near-duplicates of a picture are known."""

import torch
from torch import Tensor
from torch.nn import functional

# The hash compares the brightness of neighbouring fields of a grid with this side.
SIDE = 16
BITS = SIDE * SIDE
# Pictures whose hashes differ in fewer bits are near-duplicates: copies that were scaled,
# compressed or slightly changed.
NEAR = BITS // 16


def hashes(pictures: Tensor) -> Tensor:
    """Difference hashes (B, BITS) of pictures (B, 3, H, W), on the CPU: 1 or -1 where a field is
    brighter than its left neighbour or not."""
    fields = functional.interpolate(
        pictures.float().mean(dim=1, keepdim=True),
        (SIDE, SIDE + 1),
        mode="bilinear",
        antialias=True,
    )
    steps = fields[..., 1:] - fields[..., :-1]
    return torch.where(steps > 0, 1, -1).flatten(1).to(torch.int8).cpu()


def near(first: Tensor, second: Tensor) -> Tensor:
    """Which pictures of two lists are near-duplicates, (A, B) of booleans, from their hashes."""
    # Agreeing bits less differing ones.
    agreement = first.float() @ second.float().T
    return agreement > BITS - 2 * NEAR
