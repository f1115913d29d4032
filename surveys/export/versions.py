"""materials/versions.json: which protocols participants were given, and how they differ."""

from pathlib import Path
from typing import Any

from surveys.export.description import write_json
from surveys.export.rows.cells import time_cell
from surveys.models import ProtocolVersion, Survey
from surveys.protocol.difference import Change, find_changes

VERSIONS = Path("materials") / "versions.json"
# The panel's codes are worth money: that they changed is no secret, what they are is one.
PANEL = "panel."
NOT_EXPORTED = "not exported"


def write_versions(survey: Survey, folder: Path) -> None:
    """List the versions, each with what it changed; no file for a study that never opened."""
    versions = list(survey.versions.all())
    if not versions:
        return
    (folder / VERSIONS).parent.mkdir(exist_ok=True)
    earlier = [None, *versions[:-1]]
    stated = [_version(*pair) for pair in zip(earlier, versions, strict=True)]
    write_json(folder / VERSIONS, {"versions": stated})


def _version(before: ProtocolVersion | None, version: ProtocolVersion) -> dict[str, Any]:
    changes = find_changes(before.protocol, version.protocol) if before else []
    return {
        "number": version.number,
        "since": time_cell(version.at),
        "protocol_sha256": version.sha256,
        "changes": [_change(change) for change in changes],
    }


def _change(change: Change) -> dict[str, Any]:
    if change.key.startswith(PANEL):
        change = Change(change.key, NOT_EXPORTED, NOT_EXPORTED)
    short = dict(zip(("before_in_short", "after_in_short"), change.in_short, strict=True))
    return {"key": change.key, "before": change.before, "after": change.after, **short}
