"""`gradcam_overlay`: a heat map over the original, readable with red-green colour blindness."""

from typing import TYPE_CHECKING

from pv_engine.registry import Condition

if TYPE_CHECKING:
    from torch import Tensor

    from pv_engine.explain.material import Material


def draw(material: "Material") -> "Tensor":
    """Return the originals with the maps over them, (B, 3, s, s)."""
    return material.overlay("CIVIDIS")


CONDITION = Condition(
    draw,
    introduction="The explanation is the same image again, with colours over it: yellow where the "
    "model looked most for its answer, dark blue where it hardly looked. It shows where the model "
    "looked, not what it took that part for.",
    by_class=True,
)
