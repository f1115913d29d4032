"""Finds the family of a recipe's network (recipe/registries/networks.py lists the families)."""

from torch import nn

from pv_engine.errors import RecipeError
from pv_engine.networks.families.family import Family, Preset
from pv_engine.networks.families.own import Factories, SmallCnns
from pv_engine.networks.segmentation.segmenter import Segmenter, segmenter_of
from pv_engine.recipe import ClassifierConfig
from pv_engine.recipe.registries.networks import NAMED, NETWORKS
from pv_engine.registry import imported


def family_of(config: ClassifierConfig) -> Family:
    """Return the family of the recipe's network; RecipeError for a name without one."""
    family, _, name = config.architecture.partition(":")
    if config.architecture == "small_cnn":
        return SmallCnns()
    if family in NETWORKS:
        _refuse_task(config, family)
        found: Family = imported(NETWORKS[family].family)()
        return found
    if family and name:
        return Factories()
    raise RecipeError(
        f"classifier.architecture is {config.architecture!r}; expected small_cnn, {NAMED} or "
        "<module>:<factory>."
    )


def _refuse_task(config: ClassifierConfig, family: str) -> None:
    """Raise RecipeError for a task that the family's networks are not for."""
    if config.task not in NETWORKS[family].tasks:
        able = [f"{name}:<name>" for name, each in NETWORKS.items() if config.task in each.tasks]
        raise RecipeError(
            f"classifier.task is {config.task!r}, for which networks of {family} cannot be used; "
            f"choose {' or '.join(able)}, or your own <module>:<factory>."
        )


def create_network(
    config: ClassifierConfig, num_classes: int, pretrained: bool = False
) -> nn.Module:
    """Create the whole network with its own head, and with the library's weights if `pretrained`.

    Raises
    ------
    RecipeError
        For an architecture that does not exist.
    """
    # Weights of 16 bits compute the same in 32, in which pictures are.
    network = family_of(config).create(config, num_classes, pretrained).float()
    if config.task == "segmentation" and not isinstance(network, Segmenter):
        return segmenter_of(network, num_classes, config.architecture)
    return network


def preset_of(config: ClassifierConfig) -> Preset:
    """Return how the pictures of the recipe's network are prepared; RecipeError as above."""
    return family_of(config).preset(config)
