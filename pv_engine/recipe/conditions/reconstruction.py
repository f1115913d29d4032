"""`reconstruction`: what the decoder draws, without a map."""

from typing import TYPE_CHECKING

from pv_engine.recipe.conditions.wording import NOTES
from pv_engine.registry import Condition

if TYPE_CHECKING:
    from torch import Tensor

    from pv_engine.explain.material import Material


def draw(material: "Material") -> "Tensor":
    """Return the reconstructions, (B, 3, s, s)."""
    return material.reconstructions


CONDITION = Condition(draw, introduction=NOTES, needs="decoder")
