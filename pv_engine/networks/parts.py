"""Copies of networks in which another module stands in a part's place."""

import copy

from torch import nn


def with_part(network: nn.Module, part: str, instead: nn.Module) -> nn.Module:
    """Return a copy of a network with another part; it shares all other modules."""
    first, _, rest = part.partition(".")
    inner = with_part(network.get_submodule(first), rest, instead) if rest else instead
    copied = copy.copy(network)
    copied._modules = {**network._modules, first: inner}
    return copied
