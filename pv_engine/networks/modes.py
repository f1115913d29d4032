"""Lets a network answer without its caller noticing."""

import contextlib
from collections.abc import Iterator

from torch import nn


@contextlib.contextmanager
def evaluating(*networks: nn.Module) -> Iterator[None]:
    """The networks in eval mode, so that they neither drop units nor move batch statistics.

    Every module gets its own mode back, also after an exception: a caller may have frozen some of
    a network on purpose.
    """
    before = [(module, module.training) for network in networks for module in network.modules()]
    try:
        for network in networks:
            network.eval()
        yield
    finally:
        for module, mode in before:
            module.training = mode
