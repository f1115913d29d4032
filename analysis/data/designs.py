"""What the same participants see one after another, as the exported protocol says."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

# What a block's condition may be beside a condition's name.
NOT_NAMES = ("arm", "within", "same")
MANN_WHITNEY, WILCOXON = "mann_whitney", "wilcoxon"
# Between a group's own condition and its sequence.
OWN = ":"


@dataclass(frozen=True)
class Design:
    """A study in blocks, or with conditions that everybody sees; empty for any other."""

    # Conditions that every participant sees, and those that differ between participants.
    shared: tuple[str, ...] = ()
    own: tuple[str, ...] = ()
    # Names of the blocks that ask about items, in their order.
    blocks: tuple[str, ...] = ()

    @property
    def has_blocks(self) -> bool:
        """Whether participants see more than one block."""
        return bool(self.blocks)

    def are_paired(self, condition_a: str, condition_b: str) -> bool:
        """Return whether the same participants see both conditions."""
        return condition_a in self.shared or condition_b in self.shared

    def fitting_test(self, condition_a: str, condition_b: str) -> str:
        """Return the name of the rank test that fits two conditions."""
        return WILCOXON if self.are_paired(condition_a, condition_b) else MANN_WHITNEY

    def own_of(self, assigned: "pd.Series[str]") -> "pd.Series[str]":
        """Return the own condition of each group; all alike where groups are orders alone."""
        if not self.own:
            return assigned.astype(str).map(lambda _: "")
        return assigned.astype(str).str.split(OWN).str[0]


def read_design(protocol: Mapping[str, Any]) -> Design:
    """Return the design of an exported protocol."""
    within: Sequence[str] = protocol.get("within", {}).get("conditions", [])
    blocks = protocol.get("blocks", [])
    if not within and not blocks:
        return Design()
    named = [block["condition"] for block in blocks if block["condition"] not in NOT_NAMES]
    listed = [str(row["name"]) for row in protocol.get("conditions", [])]
    pools = {block["name"]: block["pool"] for block in blocks}
    # A block that asks once more has no pool of its own.
    sources = {block["name"]: block.get("again") or block["name"] for block in blocks}
    names = [name for name, source in sources.items() if pools[source] == "items"]
    parts = [f"part_{number}" for number in range(1, len(within) + 1)]
    return Design(
        shared=tuple(dict.fromkeys([*within, *named])),
        own=tuple(name for name in listed if name not in within),
        blocks=tuple(names if blocks else parts),
    )
