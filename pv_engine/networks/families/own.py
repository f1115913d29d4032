"""Networks of the project and of its users: `small_cnn` and `<module>:<factory>`."""

import os

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
        return network

    def preset(self, config: ClassifierConfig) -> Preset:
        return UNKNOWN
