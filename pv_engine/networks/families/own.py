"""Networks of the project and of its users: `small_cnn` and `<module>:<factory>`."""

import os

import torch
from torch import nn

from pv_engine.errors import RecipeError
from pv_engine.networks.families.family import UNKNOWN, Preset
from pv_engine.networks.families.small_cnn import SmallCnn
from pv_engine.recipe import ClassifierConfig
from pv_engine.runtime.factories import import_factory, modules_in


class SmallCnns:
    """The network of the demo."""

    def create(self, config: ClassifierConfig, num_classes: int, pretrained: bool) -> nn.Module:
        return SmallCnn(num_classes, config.width, config.downsampling, config.stages)

    def preset(self, config: ClassifierConfig) -> Preset:
        return UNKNOWN


class Factories:
    """Functions of the number of classes, from modules that the environment lists."""

    def create(self, config: ClassifierConfig, num_classes: int, pretrained: bool) -> nn.Module:
        named = config.architecture
        allowed = modules_in(os.environ.get("MODEL_FACTORIES", ""))
        factory = import_factory(named, "classifier.architecture", "MODEL_FACTORIES", allowed)
        network = factory(num_classes)
        if not isinstance(network, nn.Module):
            raise RecipeError(
                f"{named} returned {type(network).__name__}; it must return a torch module."
            )
        return _unwrapped(network, named)

    def preset(self, config: ClassifierConfig) -> Preset:
        return UNKNOWN


def _unwrapped(network: nn.Module, named: str) -> nn.Module:
    """The network within what only runs it faster, whose steps cannot be followed."""
    while True:
        if isinstance(network, nn.DataParallel | nn.parallel.DistributedDataParallel):
            network = network.module
        elif isinstance(inner := getattr(network, "_orig_mod", None), nn.Module):
            network = inner  # of torch.compile
        else:
            break
    if isinstance(network, torch.jit.ScriptModule):
        raise RecipeError(
            f"{named} returned a TorchScript module, whose steps cannot be followed; return the "
            "module that it was made of."
        )
    return network
