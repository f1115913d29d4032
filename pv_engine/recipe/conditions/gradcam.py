"""`gradcam`: the original where the model looks, white elsewhere; the paper's baseline."""

from typing import TYPE_CHECKING

from pv_engine.recipe.conditions.wording import FADES
from pv_engine.registry import Condition

if TYPE_CHECKING:
    from torch import Tensor

    from pv_engine.explain.material import Material


def draw(material: "Material") -> "Tensor":
    """Return the originals under the maps, (B, 3, s, s)."""
    return material.masked(material.originals)


CONDITION = Condition(
    draw,
    title="Grad-CAM",
    introduction="The explanation is the same image again, faded to white wherever the model did "
    f"not look. {FADES} It shows where the model looked, not what it took that part for.",
    by_class=True,
)
