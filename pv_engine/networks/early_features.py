"""A network's early features: its last outputs at half, a quarter and an eighth of the picture."""

from collections.abc import Iterator
from contextlib import contextmanager

import torch
from torch import Tensor, nn

from pv_engine.networks.modes import evaluating

# How many times smaller than the picture the features are.
REDUCTIONS = (2, 4, 8)


class EarlyFeatures:
    """Collects an encoder's early features whenever it is called within `collected()`.

    Parameters
    ----------
    encoder : nn.Module
        Pictures (B, 3, H, W) to features.
    size : int
        Side in pixels of a trial picture, by which the layers are found.
    """

    def __init__(self, encoder: nn.Module, size: int) -> None:
        self.layers = _last_layers(encoder, size)

    @contextmanager
    def collected(self) -> Iterator[list[Tensor]]:
        """Within the block, the list fills with the features (B, C, h, w) of each call."""
        found: list[Tensor] = []
        hooks = [
            layer.register_forward_hook(lambda module, given, output: found.append(output))
            for layer in self.layers
        ]
        try:
            yield found
        finally:
            for hook in hooks:
                hook.remove()


def _last_layers(encoder: nn.Module, size: int) -> list[nn.Module]:
    """Return, for each reduction, the module that is the last to give features of that side."""
    sides: dict[int, nn.Module] = {}

    def note(module: nn.Module, given: object, output: object) -> None:
        if isinstance(output, Tensor) and output.dim() == 4:
            sides[output.shape[-1]] = module

    leaves = [each for each in encoder.modules() if not list(each.children())]
    hooks = [leaf.register_forward_hook(note) for leaf in leaves]
    device = next(encoder.parameters()).device
    with evaluating(encoder), torch.no_grad():
        encoder(torch.zeros(1, 3, size, size, device=device))
    for hook in hooks:
        hook.remove()
    return [sides[-(-size // each)] for each in REDUCTIONS if -(-size // each) in sides]
