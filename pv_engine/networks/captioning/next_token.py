"""A captioning network as a classifier of its next token, and its two parts."""

import copy
from typing import Any

import torch
from torch import Tensor, nn

from pv_engine.errors import RecipeError
from pv_engine.networks.cutting.maps import FeatureAxes, MapEncoder, MapHead
from pv_engine.networks.cutting.prefix import PrefixedHead
from pv_engine.networks.modes import evaluating
from pv_engine.networks.parts import with_part

# What reads the picture in models of transformers: GIT, BLIP, vision encoder decoders.
VISION = ("git.image_encoder", "vision_model", "encoder")


class NextToken(nn.Module):
    """Pictures (B, 3, H, W) to the logits of the token that comes next, (B, answers).

    Parameters
    ----------
    model : nn.Module
        Of transformers; gives `logits` (B, tokens, vocabulary) of pictures and earlier tokens.
    tokens : (T,)
        The earlier tokens, at least one.
    answers : (answers,) or None
        The tokens whose logits are given; None for the whole vocabulary.
    reads : str
        What the model calls the earlier tokens.
    side : int
        Side of the pictures that it is made for, in pixels.
    """

    def __init__(
        self, model: nn.Module, tokens: Tensor, answers: Tensor | None, reads: str, side: int
    ) -> None:
        super().__init__()
        self.model = model
        self.tokens = tokens
        self.answers = answers
        self.reads = reads
        self.side = side
        # Where timm's networks say it, for the trial pictures.
        self.pretrained_cfg = {"input_size": (3, side, side)}

    def forward(self, images: Tensor) -> Tensor:
        earlier = self.tokens.to(images.device).expand(len(images), -1)
        every: Tensor = self.model(pixel_values=images, **{self.reads: earlier}).logits
        last = every[:, -1]
        return last if self.answers is None else last[:, self.answers.to(last.device)]

    def parts(self) -> tuple[nn.Module, nn.Module]:
        """Return the part that reads the picture, up to its last tokens, and all the rest.

        RecipeError for a model without such a part, or whose tokens form no map.
        """
        name = self._vision_part()
        vision = LastTokens(self.model.get_submodule(name))
        blank = torch.zeros(1, 3, self.side, self.side)
        with evaluating(vision), torch.no_grad():
            count = int(vision(blank).shape[1])
        cells = int(count**0.5)
        axes = FeatureAxes("tokens", count - cells * cells)
        if axes.prefix > 2 or cells < 2:
            raise RecipeError(
                f"The model reads its picture as {count} tokens, which form no map; choose a model "
                "with one token for each patch and two others at most."
            )
        rest = copy.copy(self)
        rest._modules = {"model": with_part(self.model, name, StandIn(vision.part))}
        return MapEncoder(vision, axes), MapHead(Continued(rest), axes)

    def _vision_part(self) -> str:
        names = {name for name, _ in self.model.named_modules()}
        found = next((name for name in VISION if name in names), None)
        if found is None:
            raise RecipeError(
                f"{type(self.model).__name__} has none of the parts {', '.join(VISION)} that read "
                "the picture; choose a vision encoder decoder, a BLIP or a GIT model."
            )
        return found


class LastTokens(nn.Module):
    """The part that reads the picture: (B, 3, H, W) to tokens (B, n, C)."""

    def __init__(self, part: nn.Module) -> None:
        super().__init__()
        self.part = part
        self.training = part.training

    def forward(self, images: Tensor) -> Tensor:
        tokens: Tensor = self.part(pixel_values=images).last_hidden_state
        return tokens


class StandIn(nn.Module):
    """Stands where a picture is read, and gives the tokens that come in the picture's place.

    They are given as (B, 1, n, C), since a model may count its picture's dimensions.
    """

    def __init__(self, part: nn.Module) -> None:
        super().__init__()
        # A model asks its parts for their sizes.
        self.config = getattr(part, "config", None)
        self.training = part.training

    def forward(self, pixel_values: Tensor, *given: Any, **named: Any) -> "PictureOutput":
        return PictureOutput(pixel_values[:, 0])


class PictureOutput:
    """What the part that reads a picture gives, of which only the tokens are known."""

    def __init__(self, tokens: Tensor) -> None:
        self.last_hidden_state = tokens

    def __getitem__(self, place: int) -> Tensor:
        return (self.last_hidden_state,)[place]

    def __getattr__(self, name: str) -> None:
        """Answer None for what else a model copies into its own output."""
        if name.startswith("__"):
            raise AttributeError(name)


class Continued(nn.Module):
    """Tokens (B, n, C) of the picture to the logits of the next token, (B, answers)."""

    def __init__(self, rest: NextToken) -> None:
        super().__init__()
        self.rest = rest
        self.training = rest.training

    def forward(self, tokens: Tensor) -> Tensor:
        logits: Tensor = self.rest(tokens.contiguous()[:, None])
        return logits


def continued(head: nn.Module, tokens: Tensor) -> nn.Module:
    """Return the head of the same pictures after further tokens, for the whole vocabulary.

    Parameters
    ----------
    head : nn.Module
        Of a captioning network, as `classifier.seen` returns it.
    tokens : (T,)
        What was written after the recipe's question.

    Raises
    ------
    RecipeError
        For the head of another network.
    """
    outer = head.head if isinstance(head, PrefixedHead) else head
    inner = getattr(outer, "network", None)
    if not (isinstance(outer, MapHead) and isinstance(inner, Continued)):
        raise RecipeError(
            "Only networks that write have a next token; name a captioning model and "
            "classifier.answers."
        )
    rest = copy.copy(inner.rest)
    rest.tokens = torch.cat([rest.tokens, tokens.to(rest.tokens)])
    rest.answers = None
    again = MapHead(Continued(rest), outer.axes)
    return PrefixedHead(again, head.prefix) if isinstance(head, PrefixedHead) else again
