"""`reference_autoencoder`: a control, a decoder's blur without the classifier's features."""

from typing import TYPE_CHECKING

from pv_engine.registry import Condition

if TYPE_CHECKING:
    from torch import Tensor

    from pv_engine.explain.material import Material


def draw(material: "Material") -> "Tensor":
    """Return the reference autoencoder's pictures under the maps, (B, 3, s, s)."""
    return material.masked(material.reference())


CONDITION = Condition(draw, needs="autoencoder", by_class=True)
