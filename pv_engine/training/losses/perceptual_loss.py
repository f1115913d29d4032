"""The distance between a network's early features of a picture and of its reconstruction."""

from collections.abc import Sequence

import torch
from torch import Tensor
from torch.nn import functional


def perceptual_loss(features: Sequence[Tensor], again: Sequence[Tensor]) -> Tensor:
    """Return the mean squared distance of early features scaled to length one at each place.

    It is 0 for equal features and at most 4, averaged over places, pictures and layers (as LPIPS
    without learnt weights: Zhang et al., 2018, https://arxiv.org/abs/1801.03924).

    Parameters
    ----------
    features, again : sequences of (B, C, h, w)
        Of the pictures and of their reconstructions, a pair for each layer.

    Examples
    --------
    >>> maps = [torch.ones(1, 2, 3, 3)]
    >>> float(perceptual_loss(maps, maps))
    0.0
    """
    distances = [
        ((_unit(first) - _unit(second)) ** 2).sum(dim=1).mean()
        for first, second in zip(features, again, strict=True)
    ]
    return torch.stack(distances).mean()


def _unit(maps: Tensor) -> Tensor:
    return functional.normalize(maps.float(), dim=1, eps=1e-4)
