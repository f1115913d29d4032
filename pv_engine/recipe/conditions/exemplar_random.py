"""`exemplar_random`: a control, the exemplar of another item's features under this item's map."""

from typing import TYPE_CHECKING

from pv_engine.registry import Condition

if TYPE_CHECKING:
    from torch import Tensor

    from pv_engine.explain.material import Material


def draw(material: "Material") -> "Tensor":
    """Return other items' exemplars under the maps, (B, 3, s, s)."""
    return material.masked(material.lent_exemplars()[:, 0])


CONDITION = Condition(draw, title="Random exemplar", needs="exemplars")
