"""[items]: which part of the stimulus set each participant is asked about."""

from dataclasses import dataclass, field
from typing import Annotated

from pydantic import Field

from surveys.protocol.canonical import LATER
from toml_files.tables import Broken, OneOf, TomlTable, rule

LEAST_SHOWN = "least_shown"
ITEM_BALANCES = ("cycle", LEAST_SHOWN)
CROSSINGS = ("", "crossed")


@dataclass(frozen=True)
class StratumCounts(TomlTable):
    """How many items of each stratum each participant is asked about."""

    model_wrong: Annotated[int, Field(ge=0, le=10_000)] = 0
    """Of those that the model got wrong."""
    model_right: Annotated[int, Field(ge=0, le=10_000)] = 0
    """Of those that the model got right."""

    @property
    def total(self) -> int:
        return self.model_wrong + self.model_right

    @property
    def by_stratum(self) -> dict[str, int]:
        return {"model_wrong": self.model_wrong, "model_right": self.model_right}


@dataclass(frozen=True)
class ItemDraw(TomlTable):
    """How many of the set's items each participant gets; all by default."""

    per_participant: Annotated[int, Field(ge=0, le=10_000)] = 0
    """The number of items, whatever their stratum; 0: all, or as many as `strata` says."""
    strata: StratumCounts = field(default_factory=StratumCounts)
    """The number of items from each stratum."""
    balance: Annotated[str, OneOf(ITEM_BALANCES)] = "cycle"
    """How items are used equally often: in turns, by the participant's place in the condition, or
    those that were shown least to the participants who count or may still count."""
    conditions: Annotated[str, OneOf(CROSSINGS)] = field(default="", metadata=LATER)
    """With [within], "crossed" has every item come equally often in each condition."""

    @property
    def by_exposure(self) -> bool:
        """Whether items are drawn by how often each was shown."""
        return self.balance == LEAST_SHOWN

    @property
    def is_crossed(self) -> bool:
        """Whether showings are counted by the condition in which an item was shown."""
        return self.conditions == "crossed"

    @property
    def is_partial(self) -> bool:
        """Whether participants are asked about a part of the set."""
        return bool(self.per_participant or self.strata.total)

    def n_of(self, n_items: int) -> int:
        """How many items each participant is asked about, of a set of `n_items`."""
        return (self.strata.total or self.per_participant) if self.is_partial else n_items

    @property
    def from_all(self) -> bool:
        """Whether items are drawn without regard to their stratum."""
        return not self.strata.total

    @property
    def sizes(self) -> dict[str, int]:
        """How many to draw by stratum; under "" those drawn from all."""
        if self.from_all:
            return {"": self.per_participant}
        return self.strata.by_stratum

    @rule("per_participant", "strata")
    def _adds_up(self) -> Broken:
        if self.strata.total and self.per_participant not in (0, self.strata.total):
            yield (
                "per_participant",
                f"must be {self.strata.total}, the sum of the strata, or be left out, but is "
                f"{self.per_participant}",
            )
