"""The versions of a study's protocol, each with what it changed."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from analysis.errors import DataError

VERSIONS = Path("materials") / "versions.json"
# Sections that no participant sees anything of.
UNSEEN = ("study.", "sample.", "stopping.", "analysis.")
# What the report compares with what happened. Exploratory tests may be added at any time.
PLANNED = ("sample.", "stopping.", "analysis.")
NOT_PLANNED = "analysis.exploratory"


@dataclass(frozen=True)
class ProtocolChange:
    """A key of the protocol with its values; None where there was none."""

    key: str
    before: str | int | float | None
    after: str | int | float | None
    # Both in one line, from a little before their first difference on.
    before_in_short: str
    after_in_short: str

    @property
    def is_seen(self) -> bool:
        """Whether participants may see it."""
        return not self.key.startswith(UNSEEN)

    @property
    def is_planned(self) -> bool:
        """Whether it is part of the plan that the study is measured by."""
        return self.key.startswith(PLANNED) and not self.key.startswith(NOT_PLANNED)


@dataclass(frozen=True)
class ProtocolVersion:
    """A protocol that new participants were given from `since` on, a time in UTC."""

    number: int
    since: str
    # What differs from the version before; empty for the first one.
    changes: tuple[ProtocolChange, ...] = ()

    @property
    def day(self) -> str:
        return self.since[:10]


def read_versions(content: Mapping[str, Any]) -> tuple[ProtocolVersion, ...]:
    """Return the versions in the content of `VERSIONS`, the first one first; none where empty."""
    try:
        return tuple(_version(row) for row in content.get("versions", ()))
    except (KeyError, TypeError, ValueError) as error:
        raise DataError(
            f"{VERSIONS} must list versions, each with number, since and changes, as export_study"
            f" writes it; {error} is missing or something else."
        ) from error


def _version(row: Mapping[str, Any]) -> ProtocolVersion:
    changes = tuple(ProtocolChange(**change) for change in row["changes"])
    return ProtocolVersion(int(row["number"]), str(row["since"]), changes)


def version_with(versions: tuple[ProtocolVersion, ...], text: str) -> ProtocolVersion | None:
    """Return the version that first had this deviation, written by the team; None where unknown."""
    for version in versions[1:]:
        of_team = [each for each in version.changes if each.key.startswith("study.deviations[")]
        if text in [each.after for each in of_team]:
            # A text that stood in another place before is no new one.
            return version if text not in [each.before for each in of_team] else versions[0]
    return versions[0] if versions else None
