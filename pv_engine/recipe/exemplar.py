"""[exemplar]: which training pictures stand for what the model saw."""

from dataclasses import dataclass

from pv_engine.recipe.rules import require

# How many exemplars the grid of `pv_exemplars` shows.
IN_GRID = 4


@dataclass(frozen=True)
class ExemplarConfig:
    """How the training picture is found that the features resemble most where the model looked."""

    head_share: float = 0.0
    """How much the model's answer helps to choose, beside the features: 0 is features alone, 1 the
    answer alone. Above 0, participants have to be told."""
    components: int = 96
    """Principal components of the features that are compared."""
    shift: int = 2
    """How many cells of the feature map a picture may be moved by to fit; 1 suits photographs."""
    bank: int = 0
    """How many training pictures to choose from, by a seeded choice; 0 means all there are."""
    neighbours: int = 8
    """How many of the best pictures the manifest names for each item."""
    unique: bool = True
    """Whether no two items show the same training picture."""

    def __post_init__(self) -> None:
        require(
            0 <= self.head_share <= 1,
            f"exemplar.head_share must lie between 0 and 1, but is {self.head_share}.",
        )
        require(
            self.components > 0,
            f"exemplar.components must be above 0, but is {self.components}.",
        )
        require(
            self.shift >= 0 and self.bank >= 0,
            "exemplar.shift and exemplar.bank must not be negative, but are "
            f"{self.shift} and {self.bank}.",
        )
        require(
            self.neighbours >= IN_GRID,
            f"exemplar.neighbours must be at least {IN_GRID}, but is {self.neighbours}.",
        )
