"""Creates a backbone by name and cuts it at its last feature map."""

import math
import os

from torch import Tensor, nn

from pv_engine.errors import RecipeError
from pv_engine.networks.cutting import cut_anywhere, trial_pictures
from pv_engine.networks.heads import PooledLinear, simplified
from pv_engine.networks.identity import TOLERANCE, identity_error, keep_inputs
from pv_engine.networks.modes import evaluating
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


Parts = tuple[nn.Module, nn.Module]


def cut(network: nn.Module, architecture: str, size: int | None = None) -> Parts:
    """Return the encoder up to the last feature map, (B, C, h, w), and the head that reads it.

    The first way to cut is used whose parts compute the same as the network on trial pictures, of
    `size` pixels unless the network names its own size. Raises RecipeError for a network that has
    no single last feature map, or whose parts never compute the same.
    """
    pictures = trial_pictures(network, size)
    errors = []
    for way in (_known_parts, _named_parts, _recorded_parts):
        parts = way(network, architecture, pictures)
        if parts is None:
            continue
        keep_inputs(parts[1])
        errors.append(_error(network, *parts, pictures))
        if not errors[-1] > TOLERANCE:  # also if it is NaN: see _try_out
            return parts
    raise RecipeError(_difference(architecture, min(errors)))


def _difference(architecture: str, error: float) -> str:
    found = "cannot be compared"
    if error < math.inf:
        found = f"differ by {100 * error:.3g} % of the largest"
    return (
        f"{architecture} is not what its encoder and head compute: their logits {found}; let its "
        "forward return head(encoder(x))."
    )


def checked_identity(
    network: nn.Module, parts: Parts, architecture: str, pictures: Tensor
) -> float:
    """Return the identity error on these pictures; RecipeError if it exceeds rounding errors.

    No number where the network cannot read pictures of this size, which `build_classifier` says.
    """
    error = _error(network, *parts, pictures)
    if error > TOLERANCE:
        raise RecipeError(_difference(architecture, error))
    return error


def _error(network: nn.Module, encoder: nn.Module, head: nn.Module, pictures: Tensor) -> float:
    """Return the identity error, or NaN if the network cannot read the pictures at all."""
    try:
        return identity_error(network, encoder, head, pictures)
    except (RuntimeError, ValueError, AssertionError, TypeError, AttributeError, RecipeError):
        with evaluating(network):
            try:
                network(pictures)
            except (RuntimeError, ValueError, AssertionError):
                return float("nan")
        return float("inf")


def _known_parts(network: nn.Module, architecture: str, pictures: Tensor) -> Parts | None:
    if isinstance(network, SmallCnn):
        return network.features, network.head
    if not _is_resnet(network):
        return None
    children = dict(network.named_children())
    linear = children.pop("fc")
    children.pop("avgpool")
    return nn.Sequential(*children.values()), PooledLinear(linear)  # type: ignore[arg-type] # a Linear


def _named_parts(network: nn.Module, architecture: str, pictures: Tensor) -> Parts | None:
    """Return the parts of a user's own network; in a library's, the names may mean other things."""
    encoder, head = getattr(network, "encoder", None), getattr(network, "head", None)
    is_own = not architecture.startswith(("timm:", "torchvision:"))
    if is_own and isinstance(encoder, nn.Module) and isinstance(head, nn.Module):
        return encoder, head
    return None


def _recorded_parts(network: nn.Module, architecture: str, pictures: Tensor) -> Parts:
    encoder, head, features = cut_anywhere(network, architecture, pictures)
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
