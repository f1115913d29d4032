"""Image classifiers whose classes are prompts: networks that compare a picture with texts."""

from abc import ABC, abstractmethod
from pathlib import Path

import torch
from torch import Tensor, nn
from torch.nn import functional

from pv_engine.errors import RecipeError
from pv_engine.networks.weights.checkpoints import for_network
from pv_engine.networks.weights.files import fill
from pv_engine.recipe import ClassifierConfig


class ZeroShot(nn.Module, ABC):
    """Pictures (B, 3, H, W) to logits (B, prompts): scale · cos(picture, prompt) + bias.

    A prompt's row of the last layer is its direction times the scale, computed once; what reads
    pictures is registered as parts, the rest of the model is not.

    Parameters
    ----------
    model : nn.Module
        The whole model, with `logit_scale` and perhaps `logit_bias`.
    parts : tuple of str
        Those of its parts that read pictures.
    tokens : dict of str to Tensor
        The prompts as `text_features` reads them.
    side : int or None
        Side of the pictures that the model is made for, in pixels.
    """

    def __init__(
        self, model: nn.Module, parts: tuple[str, ...], tokens: dict[str, Tensor], side: int | None
    ) -> None:
        super().__init__()
        # In a tuple, so that torch does not register what reads texts.
        self.whole = (model,)
        self.tokens = tokens
        for name in parts:
            self.add_module(name, model.get_submodule(name))
        with torch.no_grad():
            texts = self.text_features()
        self.prompts = nn.Linear(texts.shape[1], len(texts), bias=self._bias is not None)
        self.set_prompts()
        # Where timm's networks say it, for the trial pictures.
        self.pretrained_cfg = {"input_size": (3, side, side)} if side else {}

    @abstractmethod
    def text_features(self) -> Tensor:
        """Return a row for each prompt, (prompts, D)."""

    @abstractmethod
    def picture_features(self, images: Tensor) -> Tensor:
        """Return a row for each picture, (B, D)."""

    @property
    def _bias(self) -> Tensor | None:
        return getattr(self.whole[0], "logit_bias", None)

    @torch.no_grad()
    def set_prompts(self) -> None:
        """Compute the last layer from the model's weights."""
        (model,) = self.whole
        directions = functional.normalize(self.text_features(), dim=-1)
        self.prompts.weight.copy_(model.get_parameter("logit_scale").exp() * directions)
        if self._bias is not None:
            self.prompts.bias.fill_(float(self._bias))

    def read(self, state: dict[str, Tensor], path: Path) -> None:
        """Load the whole model's weights, and compute the last layer from them."""
        (model,) = self.whole
        fill(model, for_network(state, model.state_dict(), path), path)
        self.set_prompts()

    def forward(self, images: Tensor) -> Tensor:
        directions = functional.normalize(self.picture_features(images), dim=-1)
        logits: Tensor = self.prompts(directions)
        return logits


def checked_prompts(config: ClassifierConfig, num_classes: int) -> list[str]:
    """Return the recipe's prompts; RecipeError unless there is one for each class.

    `num_classes` is 1 where the classes are not known.
    """
    found = list(config.prompts)
    if not found or num_classes not in (1, len(found)):
        raise RecipeError(
            f"classifier.prompts has {len(found)} prompts, but the data has {num_classes} classes; "
            "give one for each class, in the order of the classes."
        )
    return found
