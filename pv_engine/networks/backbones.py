"""Creates a backbone by name and cuts it at its last feature map."""

import os

from torch import nn

from pv_engine.errors import RecipeError
from pv_engine.networks.cutting import cut_anywhere
from pv_engine.networks.heads import PooledLinear, simplified
from pv_engine.networks.small_cnn import SmallCnn
from pv_engine.recipe import ClassifierConfig
from pv_engine.runtime.factories import import_factory, modules_in

# Settings that the published weights require: a second normalisation of the pictures, and the
# auxiliary classifiers, which are in the weights file and which the cut drops.
INCEPTIONS = {"transform_input": True, "aux_logits": True, "init_weights": True}
EXPECTED = "expected small_cnn, timm:<name>, torchvision:<name> or <module>:<factory>"


def create_network(
    config: ClassifierConfig, num_classes: int, pretrained: bool = False
) -> nn.Module:
    """Create the whole network with its own head, and with the library's weights if `pretrained`.

    Raises
    ------
    RecipeError
        For an architecture that does not exist.
    """
    family, _, name = config.architecture.rpartition(":")
    if config.architecture == "small_cnn":
        return SmallCnn(num_classes, config.width, config.downsampling)
    if family == "timm":
        return _timm(name, pretrained)
    if family == "torchvision":
        return _torchvision(name, pretrained)
    if family and name:
        return _from_factory(config.architecture, num_classes)
    raise RecipeError(f"classifier.architecture is {config.architecture!r}; {EXPECTED}.")


def cut(network: nn.Module, architecture: str) -> tuple[nn.Module, nn.Module]:
    """Cut a network into an encoder, up to the last feature map, and the head that reads it.

    Returns
    -------
    encoder : nn.Module
        (B, 3, H, W) to (B, C, h, w).
    head : nn.Module
        (B, C, h, w) to logits (B, classes).

    Raises
    ------
    RecipeError
        For a network without a single last feature map.
    """
    if isinstance(network, SmallCnn):
        return network.features, network.head
    encoder, head = getattr(network, "encoder", None), getattr(network, "head", None)
    # In a library's network, these names may mean something else.
    is_own = not architecture.startswith(("timm:", "torchvision:"))
    if is_own and isinstance(encoder, nn.Module) and isinstance(head, nn.Module):
        return encoder, head
    if _is_resnet(network):
        children = dict(network.named_children())
        linear = children.pop("fc")
        children.pop("avgpool")
        return nn.Sequential(*children.values()), PooledLinear(linear)  # type: ignore[arg-type] # a Linear
    encoder, head, features = cut_anywhere(network, architecture)
    return encoder, simplified(head, features)


def _is_resnet(network: nn.Module) -> bool:
    """torchvision's ResNets need no tracing: their forward calls their children in order."""
    from torchvision.models import ResNet

    return type(network) is ResNet


def _from_factory(named: str, num_classes: int) -> nn.Module:
    """Return the network that the function `<module>:<name>` creates for `num_classes`."""
    allowed = modules_in(os.environ.get("MODEL_FACTORIES", ""))
    factory = import_factory(named, "classifier.architecture", "MODEL_FACTORIES", allowed)
    network = factory(num_classes)
    if not isinstance(network, nn.Module):
        raise RecipeError(
            f"{named} returned {type(network).__name__}; it must return a torch module."
        )
    return network


def _timm(name: str, pretrained: bool) -> nn.Module:
    import timm

    if not timm.is_model(name):
        raise RecipeError(
            f"classifier.architecture is 'timm:{name}', which timm {timm.__version__} does not "
            "have; see timm.list_models()."
        )
    network: nn.Module = timm.create_model(name, pretrained=pretrained)
    return network


def _torchvision(name: str, pretrained: bool) -> nn.Module:
    from torchvision import models

    if name not in models.list_models(module=models):
        raise RecipeError(
            f"classifier.architecture is 'torchvision:{name}', which torchvision does not have; "
            "see torchvision.models.list_models()."
        )
    if pretrained:
        return models.get_model(name, weights="DEFAULT")  # type: ignore[no-any-return] # a module
    settings = INCEPTIONS if name in ("googlenet", "inception_v3") else {}
    network: nn.Module = models.get_model(name, weights=None, **settings)
    return network
