"""`pv`: the perception visualization, equation (2) of the paper."""

from typing import TYPE_CHECKING

from pv_engine.recipe.conditions.wording import FADES, NOTES
from pv_engine.registry import Condition

if TYPE_CHECKING:
    from torch import Tensor

    from pv_engine.explain.material import Material


def draw(material: "Material") -> "Tensor":
    """Return the reconstructions under the maps, (B, 3, s, s)."""
    return material.masked(material.reconstructions)


CONDITION = Condition(
    draw,
    title="PV",
    introduction=f"{NOTES} {FADES}",
    needs="decoder",
    by_class=True,
)
