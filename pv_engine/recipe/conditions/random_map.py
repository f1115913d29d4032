"""`random_map`: a control, the reconstruction under another item's map."""

from typing import TYPE_CHECKING

from pv_engine.registry import Condition

if TYPE_CHECKING:
    from torch import Tensor

    from pv_engine.explain.material import Material


def draw(material: "Material") -> "Tensor":
    """Return the reconstructions under other items' maps, (B, 3, s, s)."""
    return material.masked(material.reconstructions, material.other_maps)


CONDITION = Condition(draw, needs="decoder")
