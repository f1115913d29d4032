"""Rules that exclude participants from a second analysis, each with its count.

They must be declared before the data are seen; the main results do not depend on them.
"""

from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Annotated

import pandas as pd
from pydantic import Field

from analysis.data.ids import is_one_of
from analysis.data.schema import EXCLUDED, FAILED_CHECKS
from analysis.data.validation import require_known
from analysis.statistics.answers.response_times import participant_medians
from toml_files.tables import Many, OneOf, TomlTable, right

RULE_COLUMNS = ("rule", "meaning", "condition", "n_excluded")


RULE_NAMES = ("too_fast", "same_position", "cant_tell", "failed_checks")
Limit = Annotated[
    Annotated[int, Field(ge=0)] | Annotated[float, Field(ge=0)], right("a number of at least 0")
]
Share = Annotated[float, Field(ge=0, le=1)]


@dataclass(frozen=True)
class Exclusions(TomlTable):
    """Which rules are applied, and where they draw their lines."""

    rules: Many[Annotated[str, OneOf(RULE_NAMES)]] = RULE_NAMES
    """Which rules leave participants out of the second look."""
    fastest_median_ms: Limit = 1_000
    """Milliseconds: nobody looks at two pictures and reads five options in less."""
    same_position_share: Share = 0.8
    """The share of answers in one and the same place; a fifth by chance."""
    cant_tell_share: Share = 0.8
    """The share of "I just can't tell"."""
    failed_checks: Limit = 1
    """How many failed attention checks; in a protocol, by default one more than it allows."""


@dataclass(frozen=True)
class Rule:
    """One rule and the participants whom it excludes."""

    name: str
    # With names of thresholds in braces.
    meaning: str
    find: Callable[[pd.DataFrame, pd.DataFrame, Exclusions], set[str]]

    def in_words(self, lines: Exclusions) -> str:
        """Return the meaning with the thresholds filled in."""
        return self.meaning.format(**asdict(lines)).replace("%", " %")


def too_fast(trials: pd.DataFrame, participants: pd.DataFrame, lines: Exclusions) -> set[str]:
    """Return participants whose median visible time is below the threshold."""
    medians = participant_medians(trials, [])
    fast = medians["visible_ms"] < lines.fastest_median_ms
    return set(medians.loc[fast, "participant_id"].astype(str))


def same_position(trials: pd.DataFrame, participants: pd.DataFrame, lines: Exclusions) -> set[str]:
    """Return participants who almost always chose one position in the list."""
    answered = trials[trials["response_position"].notna()]
    counts = answered.groupby(["participant_id", "response_position"], observed=True).size()
    by_person = counts.groupby(level=0, observed=True)
    shares = by_person.max() / by_person.sum()
    return set(shares.index[shares >= lines.same_position_share].astype(str))


def cant_tell(trials: pd.DataFrame, participants: pd.DataFrame, lines: Exclusions) -> set[str]:
    """Return participants who almost always chose "I just can't tell"."""
    shares = trials.groupby("participant_id", observed=True)["cant_tell"].mean()
    return set(shares.index[shares >= lines.cant_tell_share].astype(str))


def failed_checks(trials: pd.DataFrame, participants: pd.DataFrame, lines: Exclusions) -> set[str]:
    """Return participants who failed too many attention checks."""
    failed = participants[FAILED_CHECKS] >= lines.failed_checks
    return set(participants.loc[failed, "participant_id"].astype(str))


def excluded_by_team(
    trials: pd.DataFrame, participants: pd.DataFrame, lines: Exclusions
) -> set[str]:
    """Return participants whom the team excluded one by one."""
    if EXCLUDED not in participants:
        return set()
    return set(participants.loc[participants[EXCLUDED], "participant_id"].astype(str))


DEFAULTS = Exclusions()
RULES = (
    Rule("too_fast", "median time below {fastest_median_ms} ms", too_fast),
    Rule(
        "same_position",
        "at least {same_position_share:.0%} of answers in one position",
        same_position,
    ),
    Rule("cant_tell", "at least {cant_tell_share:.0%} “I just can’t tell”", cant_tell),
    Rule("failed_checks", "{failed_checks} or more failed attention checks", failed_checks),
)


def described(lines: Exclusions) -> list[str]:
    """Return the declared rules in words, with their thresholds."""
    return [rule.in_words(lines) for rule in RULES if rule.name in lines.rules]


# Not declared before the data were seen, so not among the rules that a plan names.
BY_THE_TEAM = Rule("by_the_team", "excluded by the team, each with a reason", excluded_by_team)


def apply_rules(
    trials: pd.DataFrame,
    participants: pd.DataFrame,
    lines: Exclusions = DEFAULTS,
    assigned: pd.DataFrame | None = None,
) -> tuple[pd.DataFrame, set[str]]:
    """Return counts by rule and condition (`RULE_COLUMNS`), and all excluded participants.

    `assigned` has each participant's condition, that of their trials unless given.
    Raises ValueError for an unknown rule.
    """
    for name in lines.rules:
        require_known("rule", name, RULE_NAMES)
    analysed = set(trials["participant_id"].unique().astype(str))
    table = trials if assigned is None else assigned
    shown = table[["participant_id", "condition"]].drop_duplicates("participant_id")
    shown = shown[is_one_of(shown["participant_id"].astype(str), analysed)]
    rows, excluded = [], set()
    for rule in (*(rule for rule in RULES if rule.name in lines.rules), BY_THE_TEAM):
        named = rule.find(trials, participants, lines) & analysed
        if rule is BY_THE_TEAM and not named:
            continue
        excluded |= named
        meaning = rule.in_words(lines)
        for condition, part in shown.groupby("condition", observed=True):
            n = int(is_one_of(part["participant_id"], named).sum())
            rows.append((rule.name, meaning, condition, n))
    return pd.DataFrame(rows, columns=list(RULE_COLUMNS)), excluded
