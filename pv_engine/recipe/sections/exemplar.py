"""[exemplar]: which training pictures are shown in place of reconstructions."""

from dataclasses import dataclass
from typing import Annotated

from pydantic import Field

from pv_engine.recipe.sections.values import AtLeastOne, Count, NotNegative, Share
from toml_files.tables import TomlTable

# How many exemplars the grid of `pv_exemplars` shows.
IN_GRID = 4


@dataclass(frozen=True)
class ExemplarConfig(TomlTable):
    """How the training picture is found that the features resemble most where the model looked.

    Only for conditions that show exemplars; it may be empty.
    """

    head_share: Share = 0.0
    """How much the model's answer helps to choose, beside the features: 0 is features alone, 1 the
    answer alone. Above 0, participants must be informed."""
    components: AtLeastOne = 96
    """Principal components of the features that are compared."""
    shift: Count = 2
    """How many cells of the feature map a picture may be moved by to fit; 1 suits photographs."""
    bank: Count = 0
    """How many training pictures to choose from, by a seeded choice; 0 means all there are."""
    neighbours: Annotated[int, Field(ge=IN_GRID)] = 8
    """How many of the best pictures the manifest names for each item."""
    consensus: NotNegative = 0.0
    """How much a neighbour's likeness to the other neighbours counts beside its own score, in the
    order of the neighbours; 0 orders them by their score alone."""
    unique: bool = True
    """Whether no two items show the same training picture."""

    @property
    def bank_key(self) -> tuple[float, int, int]:
        """What decides which numbers the bank keeps; the other keys only search it."""
        return self.head_share, self.components, self.bank
