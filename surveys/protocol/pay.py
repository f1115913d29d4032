"""[pay]: what participants who finish are to be paid, for the file that goes to the panel."""

from dataclasses import dataclass
from typing import Annotated

from pydantic import Field

from surveys.protocol.values import OrEmpty
from toml_files.tables import Broken, TomlTable, right, rule

Amount = Annotated[float, Field(ge=0, le=10_000)]
Currency = Annotated[
    str, Field(pattern="^[A-Z]{3}$"), right("three capital letters, such as EUR or GBP")
]


@dataclass(frozen=True)
class Pay(TomlTable):
    """What each participant who finishes is to be paid. Foresee only computes it."""

    base: Amount = 0.0
    """For finishing."""
    per_correct: Amount = 0.0
    """For each right answer to a question of the study, not to checks and repeats."""
    above_chance_only: bool = False
    """Whether only right answers beyond those expected from guessing are paid."""
    currency: OrEmpty[Currency] = ""
    """The currency of these amounts."""

    @property
    def is_set(self) -> bool:
        """Whether anything is paid."""
        return bool(self.base or self.per_correct)

    @rule("base", "per_correct", "currency")
    def _in_a_currency(self) -> Broken:
        if self.is_set and not self.currency:
            yield "currency", "must be three capital letters, such as EUR, where something is paid"
