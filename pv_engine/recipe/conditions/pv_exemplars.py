"""`pv_exemplars`: four exemplars in close-up."""

from typing import TYPE_CHECKING

from pv_engine.recipe.conditions.wording import FADES
from pv_engine.recipe.sections.exemplar import IN_GRID
from pv_engine.registry import Condition

if TYPE_CHECKING:
    from torch import Tensor

    from pv_engine.explain.material import Material


def draw(material: "Material") -> "Tensor":
    """Return grids of four exemplars under the maps, (B, 3, s, s)."""
    return material.grid_of(material.found_exemplars()[:, :IN_GRID])


CONDITION = Condition(
    draw,
    title="Exemplars",
    introduction="The model has learnt from many other pictures. The explanation shows parts of "
    "four of them, enlarged: the pictures that look most like this image to the model, in the "
    "place where it looked most, the most similar one at the top left. They were not made from the "
    f"image in the question, so they may show other things. {FADES}",
    needs="exemplars",
    exemplars=IN_GRID,
)
