"""[rendering]: what is drawn of them."""

from dataclasses import dataclass
from typing import Literal

from pv_engine.recipe.conditions import CONDITIONS, Need
from pv_engine.recipe.rules import require

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
class RenderingConfig:
    """How stimuli are drawn."""

    conditions: tuple[str, ...] = ("gradcam", "pv")
    """Kinds of stimulus to draw for every item."""
    image_size: int = 224
    """Side of the pictures that participants see, in pixels."""
    saliency: str = "gradcam"
    """Method of the saliency map."""
    normalisation: Literal["paper", "library"] = "paper"
    """`paper`: ReLU, divide by the maximum; `library`: min-max as in pytorch-grad-cam."""
    quality: int = 90
    """WebP quality, 1 to 100."""

    def __post_init__(self) -> None:
        for condition in self.conditions:
            require(
                condition in CONDITIONS,
                f"rendering.conditions has {condition!r}; known are {', '.join(CONDITIONS)}.",
            )
        require(len(self.conditions) > 0, "rendering.conditions must name at least one kind.")
        require(
            self.saliency in SALIENCY_METHODS,
            f"rendering.saliency is {self.saliency!r}; known are {', '.join(SALIENCY_METHODS)}.",
        )
        require(
            1 <= self.quality <= 100,
            f"rendering.quality must lie between 1 and 100, but is {self.quality}.",
        )
        require(
            self.image_size >= 32,
            f"rendering.image_size must be at least 32 pixels, but is {self.image_size}.",
        )

    def needs(self, need: Need) -> bool:
        """Whether one of the conditions needs it."""
        return any(CONDITIONS[condition].needs == need for condition in self.conditions)
