"""`pv_exemplar`: equation (2) with the training picture that the features resemble most for y."""

from typing import TYPE_CHECKING

from pv_engine.recipe.conditions.wording import FADES, NOT_THIS_IMAGE
from pv_engine.registry import Condition

if TYPE_CHECKING:
    from torch import Tensor

    from pv_engine.explain.material import Material


def draw(material: "Material") -> "Tensor":
    """Return the best exemplars under the maps, (B, 3, s, s)."""
    return material.masked(material.found_exemplars()[:, 0])


CONDITION = Condition(
    draw,
    title="Exemplar",
    introduction="The model has learnt from many other pictures. The explanation is one of them: "
    "the picture that looks most like this image to the model, in the places where the model "
    f"looked. {NOT_THIS_IMAGE} {FADES}",
    needs="exemplars",
    exemplars=1,
)
