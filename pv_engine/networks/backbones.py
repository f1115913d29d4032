"""Creates a backbone by name and cuts it at its last convolutional features."""

import importlib
import os

from torch import Tensor, nn

from pv_engine.configs import ClassifierConfig
from pv_engine.errors import RecipeError
from pv_engine.networks.small_cnn import PooledLinear, SmallCnn

EXPECTED = "expected small_cnn, timm:<name>, torchvision:<name> or <module>:<factory>"


def create_network(
    config: ClassifierConfig, num_classes: int, pretrained: bool = False
) -> nn.Module:
    """The whole library network, with its own head, and the library's weights if `pretrained`.

    Raises RecipeError for an architecture that does not exist.
    """
    family, _, name = config.architecture.rpartition(":")
    if config.architecture == "small_cnn":
        return SmallCnn(num_classes, config.width, config.downsampling)
    if family == "timm":
        return _timm(name, pretrained)
    if family == "torchvision":
        return _torchvision(name, pretrained)
    if family and name:
        return _from_factory(family, name, num_classes)
    raise RecipeError(f"classifier.architecture is {config.architecture!r}; {EXPECTED}.")


def cut(network: nn.Module, architecture: str) -> tuple[nn.Module, nn.Module]:
    """Encoder up to the last convolutional features, and the head, mostly pooling and linear.

    Raises RecipeError for a network whose head is of another kind.
    """
    if isinstance(network, SmallCnn):
        return network.features, network.head
    if isinstance(getattr(network, "encoder", None), nn.Module):
        return _own_parts(network, architecture)
    if hasattr(network, "forward_features"):
        return _cut_timm(network, architecture)
    children = dict(network.named_children())
    linear = children.pop("fc", None)
    if isinstance(linear, nn.Linear) and children.pop("avgpool", None) is not None:
        return nn.Sequential(*children.values()), PooledLinear(linear)
    raise RecipeError(
        f"classifier.architecture is {architecture!r}, which does not end in avgpool and fc as "
        "ResNets do; use its timm counterpart, timm:<name>."
    )


def _from_factory(module: str, name: str, num_classes: int) -> nn.Module:
    """The network that `module.name(num_classes)` returns: one with `encoder` and `head`, or of a
    library's layout."""
    # A recipe can come from the browser: code is only run where whoever runs the worker named it.
    allowed = [each.strip() for each in os.environ.get("MODEL_FACTORIES", "").split(",")]
    if module not in allowed:
        raise RecipeError(
            f"classifier.architecture names the module {module}, which MODEL_FACTORIES does not "
            f"list; set MODEL_FACTORIES={module} for the process that builds."
        )
    try:
        network = getattr(importlib.import_module(module), name)(num_classes)
    except (ImportError, AttributeError) as error:
        raise RecipeError(
            f"classifier.architecture is '{module}:{name}', which cannot be imported ({error})."
        ) from error
    if not isinstance(network, nn.Module):
        raise RecipeError(
            f"{module}:{name} returned {type(network).__name__}; it must return a torch module."
        )
    return network


def new_head(head: nn.Module, num_classes: int) -> PooledLinear:
    """An untrained head for other classes in the place of a library network's."""
    if not isinstance(head, PooledLinear):
        raise RecipeError("Only a head of average pooling and a linear layer can be replaced.")
    return PooledLinear(nn.Linear(head.linear.in_features, num_classes))


def _own_parts(network: nn.Module, architecture: str) -> tuple[nn.Module, nn.Module]:
    encoder, head = network.encoder, getattr(network, "head", None)
    if not isinstance(encoder, nn.Module) or not isinstance(head, nn.Module):
        raise RecipeError(
            f"{architecture} has an encoder but no head; a network of your own needs both, with "
            "network(x) equal to head(encoder(x))."
        )
    return encoder, head


def _timm(name: str, pretrained: bool) -> nn.Module:
    import timm

    if not timm.is_model(name):
        raise RecipeError(
            f"classifier.architecture is 'timm:{name}', which timm {timm.__version__} does not "
            "know; timm.list_models() lists those it knows."
        )
    network: nn.Module = timm.create_model(name, pretrained=pretrained)
    return network


def _torchvision(name: str, pretrained: bool) -> nn.Module:
    from torchvision import models

    if name not in models.list_models(module=models):
        raise RecipeError(
            f"classifier.architecture is 'torchvision:{name}', which torchvision does not know; "
            "torchvision.models.list_models() lists those it knows."
        )
    network: nn.Module = models.get_model(name, weights="DEFAULT" if pretrained else None)
    return network


class _TimmEncoder(nn.Module):
    """The part of a timm network before its pooling."""

    def __init__(self, network: nn.Module) -> None:
        super().__init__()
        self.network = network

    def forward(self, images: Tensor) -> Tensor:
        features: Tensor = self.network.forward_features(images)  # type: ignore[operator] # timm API
        return features


def _cut_timm(network: nn.Module, architecture: str) -> tuple[nn.Module, PooledLinear]:
    linear = network.get_classifier()  # type: ignore[operator] # timm API
    pooling = getattr(getattr(network, "global_pool", None), "pool_type", None)
    plain = isinstance(linear, nn.Linear) and linear.in_features == network.num_features
    if pooling != "avg" or not plain:
        raise RecipeError(
            f"classifier.architecture is {architecture!r}, whose head is not average pooling and "
            "a linear layer; choose a network with such a head, timm:resnet50 for example."
        )
    network.reset_classifier(0)  # type: ignore[operator] # timm API
    return _TimmEncoder(network), PooledLinear(linear)
