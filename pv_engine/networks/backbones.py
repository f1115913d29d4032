"""Creates a backbone by name and cuts it at its last convolutional features."""

from torch import Tensor, nn

from pv_engine.configs import ClassifierConfig
from pv_engine.errors import RecipeError
from pv_engine.networks.small_cnn import PooledLinear, SmallCnn

EXPECTED = "expected small_cnn, timm:<name> or torchvision:<name>"


def create_network(config: ClassifierConfig, num_classes: int) -> nn.Module:
    """The whole library network, with its own head, and its own weights for `default`.

    Raises RecipeError for an architecture that does not exist.
    """
    family, _, name = config.architecture.rpartition(":")
    pretrained = config.weights == "default"
    if config.architecture == "small_cnn":
        return SmallCnn(num_classes, config.width)
    if family == "timm":
        return _timm(name, pretrained)
    if family == "torchvision":
        return _torchvision(name, pretrained)
    raise RecipeError(f"classifier.architecture is {config.architecture!r}; {EXPECTED}.")


def cut(network: nn.Module, architecture: str) -> tuple[nn.Module, PooledLinear]:
    """Encoder up to the last convolutional features, and the head of pooling and linear layer.

    Raises RecipeError for a network whose head is of another kind.
    """
    if isinstance(network, SmallCnn):
        return network.features, network.head
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
