"""Runs networks in eval mode and restores their modes."""

import contextlib
from collections.abc import Iterator

from torch import nn


@contextlib.contextmanager
def evaluating(*networks: nn.Module) -> Iterator[None]:
    """Put the networks in eval mode for the block, then restore the mode of every module.

    Modes are restored one by one, since a caller may have frozen parts of a network on purpose.
    """
    before = [(module, module.training) for network in networks for module in network.modules()]
    try:
        for network in networks:
            network.eval()
        yield
    finally:
        for module, mode in before:
            module.training = mode
