"""The normalisation of pictures in [0, 1] that a network expects."""

from collections.abc import Sequence

from torch import nn

from pv_engine.recipe import PerChannel

# For networks that no library describes.
PLAIN: tuple[PerChannel, PerChannel] = (0.5, 0.5)


def own_normalisation(network: nn.Module, architecture: str) -> tuple[PerChannel, PerChannel]:
    """Return the mean and standard deviation that a network was trained with.

    timm stores them with its networks and torchvision with its weights, one number per channel;
    other networks get `PLAIN`.
    """
    family, _, name = architecture.partition(":")
    if family == "timm":
        config = network.pretrained_cfg
        return _triple(config["mean"]), _triple(config["std"])  # type: ignore[index,arg-type] # timm's dict
    if family == "torchvision":
        from torchvision import models

        # Reading the transforms of the weights downloads nothing.
        preset = models.get_model_weights(name).DEFAULT.transforms()
        return _triple(preset.mean), _triple(preset.std)
    return PLAIN


def _triple(values: Sequence[float]) -> tuple[float, float, float]:
    red, green, blue = values
    return red, green, blue
