"""Attention rollout: how much of each patch reaches the answer through all blocks' attention."""

from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional
from torch.overrides import TorchFunctionMode

from pv_engine.errors import SaliencyError
from pv_engine.explain.gradient_free import WholePass, refuse_missing_class
from pv_engine.networks.cutting.prefix import CLASS_TOKEN

MOST_PREFIX = 16
REFUSED = (
    "Attention rollout needs a vision transformer whose patches all attend to each other, but the "
    "network {found}; choose another rendering.saliency."
)


class Attentions(TorchFunctionMode):
    """Collects the weights of each self-attention that runs inside, (B, n, n), heads averaged.

    Of torch's own operations, in any library: fused attention, `nn.MultiheadAttention`, and a
    softmax over the products of queries and keys. Other operations are left as they are.
    """

    def __init__(self) -> None:
        super().__init__()
        self.found: list[Tensor] = []

    def __torch_function__(
        self, func: Any, types: Any, args: Any = (), kwargs: dict[str, Any] | None = None
    ) -> Any:
        given = kwargs or {}
        if func is functional.scaled_dot_product_attention:
            self._keep(_weights(*args, **given))
        if func is functional.multi_head_attention_forward:
            output, weights = func(
                *args, **given | {"need_weights": True, "average_attn_weights": False}
            )
            if weights is not None:
                self._keep(weights)
            return output, weights
        result = func(*args, **given)
        if func in (torch.softmax, Tensor.softmax, functional.softmax):
            self._keep(result)
        return result

    def _keep(self, weights: Tensor) -> None:
        if weights.dim() == 4 and weights.shape[2] == weights.shape[3]:
            self.found.append(weights.float().mean(dim=1))


def _weights(
    query: Tensor,
    key: Tensor,
    value: Tensor,
    attn_mask: Tensor | None = None,
    dropout_p: float = 0.0,
    is_causal: bool = False,
    scale: float | None = None,
    **_: Any,
) -> Tensor:
    """Return the weights of fused attention, (B, heads, n, n), which it does not give itself."""
    factor = query.shape[-1] ** -0.5 if scale is None else scale
    products = (query * factor) @ key.transpose(-2, -1)
    if attn_mask is not None:
        is_kept = attn_mask.dtype == torch.bool
        products = products.masked_fill(~attn_mask, -torch.inf) if is_kept else products + attn_mask
    # Not the function, which would be collected as well.
    return torch.exp(products - products.logsumexp(dim=-1, keepdim=True))


@torch.no_grad()
def attention_rollout(
    whole: WholePass | None, head: nn.Module, features: Tensor, targets: Tensor
) -> Tensor:
    """Return attention rollout, the same map for every class.

    The attention of each block, averaged over its heads, is mixed half and half with the identity
    for the residual connection, and multiplied through the blocks. The map is the class token's row
    over the patches; for a network that averages its patches, the mean of their rows. It takes one
    more pass through the network, since features do not say who attended to whom.

    Parameters
    ----------
    whole : WholePass
        The network and the images.
    features : (B, C, h, w)
        The grid of patches.
    targets : (B,)
        Class numbers, which change nothing.

    Returns
    -------
    (B, h, w)

    Raises
    ------
    SaliencyError
        Without `whole`, for a class that the head does not have, or for a network without attention
        between all patches.

    References
    ----------
    Abnar and Zuidema (2020), Quantifying Attention Flow in Transformers,
    https://arxiv.org/abs/2005.00928
    """
    if whole is None:
        raise SaliencyError("Attention rollout runs the whole network; give it network and images.")
    refuse_missing_class(targets, head(features).shape[1])
    height, width = features.shape[2:]
    rolled = rollout(_of_all_patches(whole, height * width))
    prefix = rolled.shape[1] - height * width
    reads_token = getattr(whole.network, "beside", CLASS_TOKEN if prefix else "") == CLASS_TOKEN
    row = rolled[:, 0] if reads_token else rolled[:, prefix:].mean(dim=1)
    return row[:, prefix:].reshape(-1, height, width)


def rollout(attentions: list[Tensor]) -> Tensor:
    """Return the product of the blocks' attention, each (B, n, n), the first block's first."""
    count = attentions[0].shape[-1]
    identity = torch.eye(count, device=attentions[0].device)
    rolled = identity.expand_as(attentions[0])
    for attention in attentions:
        mixed = (attention + identity) / 2
        rolled = (mixed / mixed.sum(dim=-1, keepdim=True)) @ rolled
    return rolled


def _of_all_patches(whole: WholePass, patches: int) -> list[Tensor]:
    """The attention of each block in which all patches take part, and up to MOST_PREFIX others."""
    collected = Attentions()
    # torch's fast path for nn.MultiheadAttention gives no weights.
    was_fast = torch.backends.mha.get_fastpath_enabled()
    torch.backends.mha.set_fastpath_enabled(False)
    try:
        with collected:
            whole.network(whole.images)
    finally:
        torch.backends.mha.set_fastpath_enabled(was_fast)
    shapes = {each.shape for each in collected.found}
    # Windows of a picture stand in a row with those of the others.
    whole_pictures = all(len(each) == len(whole.images) for each in collected.found)
    is_fitting = len(shapes) == 1 and 0 <= shapes.pop()[1] - patches <= MOST_PREFIX
    if not (whole_pictures and is_fitting):
        has = "attention within parts of the picture only" if collected.found else "no attention"
        raise SaliencyError(REFUSED.format(found=f"has {has}"))
    return collected.found
