"""Stops a segmentation network at its last part, which reads one feature map or several.

The parts before it are the encoder. Of the maps that the last part reads, the smallest one that
decides is the features; the others stay as they are, as prefix tokens do in a classifier.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NoReturn

import torch
from torch import Tensor, nn
from torch.utils import _pytree as pytree

from pv_engine.errors import RecipeError
from pv_engine.networks.modes import evaluating
from pv_engine.networks.parts import with_part


class ReachedError(Exception):
    """Raised by a `Gate`, with what the part in whose place it stands would have read."""

    def __init__(self, given: tuple[Any, ...], named: dict[str, Any]) -> None:
        super().__init__()
        self.given = (given, named)


class Gate(nn.Module):
    """Stands in the place of a network's last part and reads nothing."""

    def forward(self, *given: Any, **named: Any) -> NoReturn:
        raise ReachedError(given, named)


class GatedEncoder(nn.Module):
    """A network up to its last part: (B, 3, H, W) to features (B, C, h, w).

    With the other maps that the part reads beside them, if it reads any.

    Parameters
    ----------
    network : nn.Module
        The whole network, which stays as it is.
    part : str
        Its last part.
    place : int
        Which of the tensors that the part reads is the features.
    """

    def __init__(self, network: nn.Module, part: str, place: int = 0) -> None:
        super().__init__()
        self.network = with_part(network, part, Gate())
        self.place = place
        # As in prefix.py.
        self.beside = ""
        self.training = network.training

    def reached(self, images: Tensor) -> "Reading":
        """Return what the last part reads for these pictures."""
        try:
            self.network(images)
        except ReachedError as found:
            return Reading.of(found.given)
        raise RecipeError(f"The network never reaches its part {type(self.network).__name__}.")

    def forward(self, images: Tensor) -> Tensor | tuple[Tensor, ...]:
        maps = self.reached(images).tensors
        features = maps.pop(self.place)
        return (features, *maps) if maps else features


@dataclass(frozen=True)
class Reading:
    """The arguments of a part, its tensors apart from their arrangement."""

    leaves: list[Any]
    arrangement: Any

    @classmethod
    def of(cls, given: Any) -> "Reading":
        plain = pytree.tree_map(_plain, given, is_leaf=lambda each: isinstance(each, Mapping))
        return cls(*pytree.tree_flatten(plain))

    @property
    def tensors(self) -> list[Tensor]:
        return [each for each in self.leaves if isinstance(each, Tensor)]

    def emptied(self) -> "Reading":
        """Return the arrangement alone: every tensor without values."""
        leaves = [torch.empty(0) if isinstance(each, Tensor) else each for each in self.leaves]
        return Reading(leaves, self.arrangement)

    def given_to(self, part: nn.Module, tensors: list[Tensor]) -> Any:
        """Return what a part answers to other tensors in this arrangement."""
        left = iter(tensors)
        leaves = [next(left) if isinstance(each, Tensor) else each for each in self.leaves]
        given, named = pytree.tree_unflatten(leaves, self.arrangement)
        return part(*given, **named)


def _plain(value: Any) -> Any:
    """A dictionary of a library's own kind as a plain one."""
    return dict(value) if isinstance(value, Mapping) else value


def last_part(network: nn.Module, pictures: Tensor, before: str = "") -> str:
    """Return the name of the child with weights that is called last and reads no pictures.

    In a network with a single such child, as wrappers have, it is searched for within that.
    """
    called: list[tuple[str, list[Tensor]]] = []

    def note(name: str) -> Any:
        def hook(module: nn.Module, given: Any, named: Any) -> None:
            called.append((name, Reading.of((given, named)).tensors))

        return hook

    hooks = [
        child.register_forward_pre_hook(note(name), with_kwargs=True)
        for name, child in network.named_children()
        if next(child.parameters(), None) is not None
    ]
    try:
        with evaluating(network), torch.no_grad():
            network(pictures)
    finally:
        for hook in hooks:
            hook.remove()
    if not called:
        raise RecipeError("its forward calls no part that has weights")
    name, read = called[-1]
    if any(each.shape == pictures.shape and torch.equal(each, pictures) for each in read):
        return last_part(network.get_submodule(name), pictures, f"{before}{name}.")
    return before + name
