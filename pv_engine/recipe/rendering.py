"""[rendering]: what is drawn of them."""

from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import Field

from pv_engine.recipe.conditions import CONDITIONS, Need
from pv_engine.recipe.saliency import SALIENCY
from pv_engine.recipe.values import Side
from toml_files.tables import Many, OneOf, TomlTable


@dataclass(frozen=True)
class RenderingConfig(TomlTable):
    """How stimuli are drawn."""

    conditions: Annotated[Many[Annotated[str, OneOf(tuple(CONDITIONS))]], Field(min_length=1)] = (
        "gradcam",
        "pv",
    )
    """Kinds of stimulus to draw for every item."""
    image_size: Side = 224
    """Side of the pictures that participants see, in pixels."""
    saliency: Annotated[str, OneOf(tuple(SALIENCY))] = "gradcam"
    """Method of the saliency map."""
    normalisation: Literal["paper", "library"] = "paper"
    """`paper`: ReLU, divide by the maximum; `library`: min-max as in pytorch-grad-cam."""
    quality: Annotated[int, Field(ge=1, le=100)] = 90
    """WebP quality, 1 to 100."""

    def needs(self, need: Need) -> bool:
        """Whether one of the conditions needs it."""
        return any(CONDITIONS[condition].needs == need for condition in self.conditions)
