"""What every family of networks offers."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from torch import nn

from pv_engine.data.transform import Transform
from pv_engine.recipe import ClassifierConfig, PerChannel

# The picture's channel, red 0, green 1 or blue 2, that each of the network's three reads.
Channels = tuple[int, int, int]
RED_FIRST: Channels = (0, 1, 2)
# For networks that no library describes.
PLAIN: tuple[PerChannel, PerChannel] = (0.5, 0.5)


@dataclass(frozen=True)
class Preset:
    """How the pictures of a network were prepared when it was trained and evaluated.

    `mean` and `std` normalise the red, green and blue of pictures in [0, 1], whose `channels` the
    network then reads in their order; `transform` is None where nothing is known. `outputs` are the
    names of the outputs of the library's own weights, in their order; empty where it does not say.
    `skips_zero` says of a segmentation network that pixels of no class did not count in training,
    so that none of its outputs is the background.
    """

    mean: PerChannel
    std: PerChannel
    transform: Transform | None = None
    outputs: tuple[str, ...] = ()
    channels: Channels = RED_FIRST
    skips_zero: bool = False


UNKNOWN = Preset(*PLAIN)


class Family(Protocol):
    """Creates networks by name."""

    def create(self, config: ClassifierConfig, num_classes: int, pretrained: bool) -> nn.Module:
        """Return the whole network, with the library's weights if `pretrained`.

        Raises RecipeError for a name that does not exist.
        """
        ...

    def preset(self, config: ClassifierConfig) -> Preset:
        """Return how the network's pictures are prepared; it downloads nothing."""
        ...


def triple(values: Sequence[float]) -> tuple[float, float, float]:
    """Return three numbers as a tuple."""
    red, green, blue = values
    return red, green, blue
