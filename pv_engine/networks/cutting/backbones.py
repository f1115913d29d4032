"""Cuts a network at its last feature map, the first way that computes the same."""

import math
from collections.abc import Callable

from torch import Tensor, nn

from pv_engine.errors import RecipeError
from pv_engine.networks.captioning.next_token import NextToken
from pv_engine.networks.cutting.answers import refuse_other_answers
from pv_engine.networks.cutting.identity import TOLERANCE, identity_error, keep_inputs
from pv_engine.networks.cutting.maps import cut_anywhere, trial_pictures
from pv_engine.networks.cutting.tokens import cut_at_tokens
from pv_engine.networks.families.small_cnn import SmallCnn
from pv_engine.networks.heads import PooledLinear, simplified
from pv_engine.networks.modes import evaluating
from pv_engine.networks.segmentation.segmenter import Segmenter

Parts = tuple[nn.Module, nn.Module]
Way = Callable[[nn.Module, str, Tensor], Parts | None]


def cut(network: nn.Module, architecture: str, size: int | None = None) -> Parts:
    """Return the encoder up to the last feature map, (B, C, h, w), and the head that reads it.

    The first way to cut is used whose parts compute the same as the network on trial pictures, of
    `size` pixels or the size that the network names. Raises RecipeError for a network that has
    no single last feature map, or whose parts never compute the same.
    """
    pictures = trial_pictures(network, size)
    refuse_other_answers(network, architecture, pictures)
    errors: list[float] = []
    refusals: dict[Way, RecipeError] = {}
    for way in _ways(network):
        try:
            parts = way(network, architecture, pictures)
        except RecipeError as refusal:
            refusals[way] = refusal
            continue
        if parts is None:
            continue
        keep_inputs(parts[1])
        # Alone, too: a forward may have been recorded with the number of pictures in it.
        both = (pictures, pictures[:1])
        errors.append(max(_error(network, *parts, each) for each in both))
        if not errors[-1] > TOLERANCE:  # also if it is NaN: see _try_out
            return parts
    refused = refusals.get(_recorded_parts) or refusals.get(_known_parts)
    raise refused or RecipeError(_difference(architecture, min(errors)))


def _ways(network: nn.Module) -> tuple[Way, ...]:
    if isinstance(network, Segmenter | NextToken):
        return (_known_parts,)
    return _known_parts, _named_parts, _recorded_parts, _token_parts


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
    if isinstance(network, Segmenter | NextToken):
        return network.parts()
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


def _token_parts(network: nn.Module, architecture: str, pictures: Tensor) -> Parts:
    encoder, head, features = cut_at_tokens(network, architecture, pictures)
    return encoder, head if encoder.axes.prefix else simplified(head, features)


def _is_resnet(network: nn.Module) -> bool:
    """torchvision's ResNets need no tracing: their forward calls their children in order."""
    from torchvision.models import ResNet

    return type(network) is ResNet
