"""[rendering]: what is drawn of them."""

from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import Field

from pv_engine.recipe.values import Side
from toml_files.tables import Many, OneOf, Table

CONDITIONS = (
    "gradcam",
    "gradcam_overlay",
    "gradcam_overlay_jet",
    "pv",
    "reconstruction",
    "none",
    "random_map",
    "reference_autoencoder",
)
# The condition that shows the image alone: no picture is drawn for it.
UNDRAWN = "none"
# The condition that needs a second decoder.
REFERENCE = "reference_autoencoder"
SALIENCY_METHODS = (
    "gradcam",
    "gradcam++",
    "xgradcam",
    "hirescam",
    "layercam",
    "eigencam",
    "eigengradcam",
    "gradcamelementwise",
    "segeigencam",
    "kpcacam",
    "fem",
    "finercam",
    "shapleycam",
    "scorecam",
    "ablationcam",
)


@dataclass(frozen=True)
class RenderingConfig(Table):
    """How stimuli are drawn."""

    conditions: Annotated[Many[Annotated[str, OneOf(CONDITIONS)]], Field(min_length=1)] = (
        "gradcam",
        "pv",
    )
    """Kinds of stimulus to draw for every item."""
    image_size: Side = 224
    """Side of the pictures that participants see, in pixels."""
    saliency: Annotated[str, OneOf(SALIENCY_METHODS)] = "gradcam"
    """Method of the saliency map."""
    normalisation: Literal["paper", "library"] = "paper"
    """`paper`: ReLU, divide by the maximum; `library`: min-max as in pytorch-grad-cam."""
    quality: Annotated[int, Field(ge=1, le=100)] = 90
    """WebP quality, 1 to 100."""
