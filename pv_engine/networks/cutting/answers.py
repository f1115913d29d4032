"""Checks that a network answers as a classifier does.

One tensor of logits, (B, classes), which is the same for a picture whenever it is asked and
whatever other pictures are beside it, and whose gradient reaches the features.
"""

import torch
from torch import Tensor, nn

from pv_engine.errors import RecipeError, reason_of
from pv_engine.networks.modes import evaluating

# Relative to the largest logit. A picture alone may be computed in another order than in a batch.
SAME = 1e-3
# Features of noise that a head is tried with, and how much larger they are than a picture's.
ROWS, LARGER = 8, 1000.0


@torch.no_grad()
def refuse_other_answers(network: nn.Module, architecture: str, pictures: Tensor) -> None:
    """Raise RecipeError for a network that cannot be explained, however it is cut.

    A network without a forward, which only names its parts, answers nothing.
    """
    if type(network).forward is nn.Module.forward:
        return
    with evaluating(network):
        together = _answer(network, architecture, pictures)
        alone = _answer(network, architecture, pictures[:1])
        if not _differs(alone, together[:1]):
            return
        if _differs(_answer(network, architecture, pictures[:1]), alone):
            raise RecipeError(
                f"{architecture} answers the same picture differently every time; let its forward "
                "draw no random numbers in eval mode, such as by dropout(..., training="
                "self.training)."
            )
    raise RecipeError(
        f"{architecture} answers a picture differently when others are beside it; let it treat "
        "each by itself in eval mode, with the running statistics of its batch norms."
    )


def _answer(network: nn.Module, architecture: str, pictures: Tensor) -> Tensor:
    try:
        found = network(pictures)
    except Exception as error:  # whatever a network's own code raises
        height, width = pictures.shape[2:]
        raise RecipeError(
            f"{architecture} cannot read pictures of {height} x {width} pixels in three colours "
            f"({reason_of(error)}); choose another data.image_size, or let its forward take one "
            "argument, RGB pictures (images, 3, height, width), and convert them."
        ) from error
    return _logits(found, architecture, len(pictures))


def _logits(found: object, architecture: str, count: int) -> Tensor:
    """What a network gave, if it is logits; RecipeError that says what it is otherwise."""
    if not isinstance(found, Tensor):
        raise RecipeError(
            f"{architecture} gives a {type(found).__name__} instead of a tensor; let its forward "
            "return the logits alone, (images, classes)."
        )
    if found.dim() != 2 or len(found) != count or not found.is_floating_point():
        raise RecipeError(
            f"{architecture} gives {_shown(found)} for {count} picture(s); let its forward return "
            "logits, decimal numbers of shape (images, classes)."
        )
    if found.element_size() < 4:
        raise RecipeError(
            f"{architecture} gives logits of 16 bits; let its forward compute without autocast."
        )
    return found


def _shown(found: Tensor) -> str:
    kind = str(found.dtype).removeprefix("torch.")
    return f"a tensor of {kind} and shape {tuple(found.shape)}"


def _differs(found: Tensor, expected: Tensor) -> bool:
    if found.shape != expected.shape:
        return True
    return bool((found - expected).abs().max() > SAME * expected.abs().max())


@torch.no_grad()
def gives_probabilities(head: nn.Module, features: Tensor) -> bool:
    """Return whether a head ends in a softmax, its logarithm or a sigmoid, whatever it reads.

    Parameters
    ----------
    head : nn.Module
        In eval mode.
    features : (1, C, h, w)
        Of a picture; larger features of noise would give logits outside [0, 1].
    """
    generator = torch.Generator().manual_seed(0)
    scale = LARGER * features.std()
    trials = [scale * torch.randn(features.shape, generator=generator) for _ in range(ROWS)]
    given = torch.cat([head(features), *(head(each) for each in trials)])
    within = bool(((given >= 0) & (given <= 1)).all())
    sums = given.exp().sum(dim=1)
    return within or torch.allclose(sums, torch.ones_like(sums), atol=1e-4)


def refuse_without_gradient(head: nn.Module, features: Tensor, architecture: str) -> None:
    """Raise RecipeError for a head through which no gradient passes to its features."""
    with torch.enable_grad():
        leaf = features.detach().clone().requires_grad_()
        try:
            torch.autograd.grad(head(leaf).sum(), leaf)
        except RuntimeError as error:
            raise RecipeError(
                f"No gradient reaches the features of {architecture}; let its forward detach "
                "nothing after its last feature map, and give it without quantisation."
            ) from error
