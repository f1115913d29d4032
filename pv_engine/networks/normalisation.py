"""What pictures in [0, 1] are normalised with before a network sees them."""

from collections.abc import Sequence

from torch import nn

from pv_engine.recipe import PerChannel

# For networks that no library describes.
PLAIN: tuple[PerChannel, PerChannel] = (0.5, 0.5)


def own_normalisation(network: nn.Module, architecture: str) -> tuple[PerChannel, PerChannel]:
    """The mean and the standard deviation that a network was made for, each for every channel.

    timm's networks carry theirs, torchvision tells them with its weights; any other has `PLAIN`.
    """
    family, _, name = architecture.partition(":")
    if family == "timm":
        config = network.pretrained_cfg
        return _triple(config["mean"]), _triple(config["std"])  # type: ignore[index,arg-type] # timm's dict
    if family == "torchvision":
        from torchvision import models

        # Its transforms are the weights' own; nothing is downloaded for them.
        preset = models.get_model_weights(name).DEFAULT.transforms()
        return _triple(preset.mean), _triple(preset.std)
    return PLAIN


def _triple(values: Sequence[float]) -> tuple[float, float, float]:
    red, green, blue = values
    return red, green, blue
