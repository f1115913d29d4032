"""`pair`: Grad-CAM and perception visualization together, as the paper advises in section 4."""

from typing import TYPE_CHECKING

from pv_engine.recipe.conditions.wording import FADES
from pv_engine.registry import Condition

if TYPE_CHECKING:
    from torch import Tensor

    from pv_engine.explain.material import Material


def draw(material: "Material") -> "Tensor":
    """Return Grad-CAM on the left and PV on the right, (B, 3, s, s)."""
    return material.side_by_side(
        material.masked(material.originals), material.masked(material.reconstructions)
    )


CONDITION = Condition(
    draw,
    title="Grad-CAM and PV",
    introduction="The explanation has two parts. On the left is the same image again, faded to "
    "white wherever the model did not look. On the right is what the model took these parts for: a "
    "second program has drawn it from the notes that the model makes about an image, without "
    "seeing the image. So it is blurry, and where the model took one thing for another, it may "
    f"look like that other thing. {FADES}",
    needs="decoder",
    by_class=True,
)
