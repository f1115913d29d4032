"""[selection]: which images become items."""

from dataclasses import dataclass
from typing import Literal

from pv_engine.recipe.rules import require


@dataclass(frozen=True)
class SelectionConfig:
    """Which images become items (section 4 of the paper)."""

    model_wrong: int = 14
    """Items where no true label is in a non-empty predicted set."""
    model_right: int = 16
    """Items where the predicted set equals the label set."""
    examples: int = 2
    """Further items, one of each stratum in turn, that only explain the conditions."""
    options: int = 4
    """Classes offered for each item, beside "I just can't tell"."""
    balance: Literal["none", "prediction"] = "none"
    """`none`: uniformly within a stratum, as in the paper; `prediction`: in rounds over the classes
    that the model predicts there, so that each is the right answer about equally often."""
    on_shortage: Literal["stop", "fewer"] = "stop"
    """Whether a stratum with too few images stops the build, or yields those that it has; then the
    manifest says how many were asked for and found."""

    def __post_init__(self) -> None:
        require(
            min(self.model_wrong, self.model_right, self.examples) >= 0
            and self.model_wrong + self.model_right > 0,
            "selection.model_wrong, model_right and examples must not be negative, "
            "and at least one item is needed.",
        )
        require(self.options >= 2, f"selection.options must be at least 2, but is {self.options}.")
