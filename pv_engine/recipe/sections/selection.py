"""[selection]: which images become items."""

from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import Field

from pv_engine.recipe.sections.values import Count, Share
from toml_files.tables import Broken, TomlTable, rule


@dataclass(frozen=True)
class SelectionConfig(TomlTable):
    """Which images become items (section 4 of the paper)."""

    model_wrong: Count = 14
    """Items where no true label is in a non-empty predicted set."""
    model_right: Count = 16
    """Items where the predicted set equals the label set."""
    examples: Count = 2
    """Further items, one of each stratum in turn, that only explain the conditions."""
    options: Annotated[int, Field(ge=2)] = 4
    """Classes offered for each item, beside "I just can't tell"."""
    balance: Literal["none", "prediction"] = "none"
    """`none`: uniformly within a stratum, as in the paper; `prediction`: in rounds over the classes
    that the model predicts there, so that each is the right answer about equally often."""
    iou_right: Share = 0.5
    """Segmentation: `model_right` are items whose predicted mask overlaps the true one of its class
    at least this much (intersection over union)."""
    iou_wrong: Share = 0.1
    """Segmentation: `model_wrong` are items where it does so less than this."""
    on_shortage: Literal["stop", "fewer"] = "stop"
    """Whether a stratum with too few images stops the build, or yields those that it has; then the
    manifest says how many were asked for and found."""

    @rule("iou_right", "iou_wrong")
    def _apart(self) -> Broken:
        if self.iou_wrong > self.iou_right:
            yield "iou_wrong", f"must not exceed iou_right, {self.iou_right}"

    @rule("model_wrong", "model_right")
    def _at_least_one(self) -> Broken:
        if not self.model_wrong + self.model_right:
            yield "model_wrong", "and model_right are both 0, but at least one item is needed"
