"""A bank of hand-made features, and a gallery on it."""

import numpy as np
import torch

from pv_engine.exemplars.bank import Bank
from pv_engine.exemplars.gallery import Gallery
from pv_engine.exemplars.projection import Projection
from pv_engine.recipe import ExemplarConfig
from pv_engine.training.images import Pictures
from tests.pv_engine.quality.networks import colour_classifier, noise

CPU = torch.device("cpu")
# Features as they are: three colours in cells of 8 x 8 pixels.
AS_THEY_ARE = Projection(torch.zeros(3), torch.eye(3))


def pictures_of(images: torch.Tensor) -> Pictures:
    """Pictures (N, 3, s, s) in [0, 1] as a build keeps them."""
    array = (images * 255).round().to(torch.uint8).numpy()
    return Pictures(array, np.arange(len(array)), CPU)


def bank_of(folder, images: torch.Tensor) -> Bank:
    """A filled bank of the images' mean colours, (N, 3, s / 8, s / 8)."""
    side = images.shape[-1] // 8
    bank = Bank(folder, len(images), (3, side, side), CPU)
    numbers = torch.arange(len(images))
    bank.fill(lambda: True, colour_classifier(), AS_THEY_ARE, pictures_of(images), numbers)
    return bank


def gallery_of(folder, images: torch.Tensor, labels: torch.Tensor, **config) -> Gallery:
    bank = bank_of(folder, images)
    return Gallery(
        bank,
        AS_THEY_ARE,
        pictures_of(images),
        torch.arange(len(images)),
        labels.bool(),
        torch.zeros(len(images), dtype=torch.bool),
        ExemplarConfig(**config),
    )


def saturated(count: int, size: int = 32, seed: int = 0) -> torch.Tensor:
    """Pictures (count, 3, size, size) of cells in one colour each, so that features differ."""
    cells = noise(count, size // 8, seed).round()
    return cells.repeat_interleave(8, 2).repeat_interleave(8, 3)
