"""The rules of Psych-DS 1.1 that its own validator enforces as errors, and what it warns of.

From the schema at github.com/psych-ds/psychds-validator (src/setup/defaultSchema.json). The length
of every row is checked by `export_check.py`, which reads the rows anyway.
"""

import csv
import fnmatch
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

DESCRIPTION = "dataset_description.json"
DATA_FILE = re.compile(r"([a-z]+-[a-zA-Z0-9]+)(_[a-z]+-[a-zA-Z0-9]+)*_data\.csv")
# Others are allowed, with a warning.
KEYWORDS = {
    "study", "site", "subject", "session", "task", "condition", "trial", "stimulus", "description",
}  # fmt: skip
REQUIRED = ("name", "description", "variableMeasured")
SCHEMA_ORG = re.compile(r"https?://(www\.)?schema\.org/?")


def psych_ds_problems(folder: Path) -> Iterator[str]:
    """One sentence for each error or warning of the validator in a data set's folder."""
    description = _read_json(folder / DESCRIPTION)
    if description is None:
        yield f"{DESCRIPTION} must be in the folder itself and hold one JSON object in UTF-8."
        return
    yield from _metadata_problems(description)
    files = sorted((folder / "data").rglob("*.csv"))
    if not files:
        yield "data/ must hold at least one CSV file."
    for file in files:
        yield from _name_problems(file.name)
        yield from _header_problems(file, description)
    yield from _loose_files(folder)


def _read_json(file: Path) -> dict[str, Any] | None:
    try:
        content = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return content if isinstance(content, dict) else None


def _metadata_problems(description: dict[str, Any]) -> Iterator[str]:
    for key in REQUIRED:
        if not description.get(key):
            yield f"{DESCRIPTION} lacks the key {key}, which is needed."
    if description.get("@type") not in ("Dataset", "http://schema.org/Dataset"):
        yield f"{DESCRIPTION}, @type must be Dataset, but is {description.get('@type')!r}."
    context = description.get("@context")
    vocabulary = context.get("@vocab") if isinstance(context, dict) else context
    if not isinstance(vocabulary, str) or not SCHEMA_ORG.fullmatch(vocabulary):
        yield f"{DESCRIPTION}, @context must name schema.org, but is {context!r}."


def _name_problems(name: str) -> Iterator[str]:
    if not DATA_FILE.fullmatch(name):
        yield (
            f"data/{name} must be named by pairs of keyword and value, as in "
            "study-demo_description-trials_data.csv."
        )
        return
    for pair in name.removesuffix("_data.csv").split("_"):
        keyword = pair.split("-")[0]
        if keyword not in KEYWORDS:
            yield f"data/{name} uses the keyword {keyword!r}, which Psych-DS does not know."


def _header_problems(file: Path, description: dict[str, Any]) -> Iterator[str]:
    with file.open(newline="", encoding="utf-8") as lines:
        header = next(csv.reader(lines), [])
    if not header:
        yield f"{file.name}, line 1 must name the columns, but is empty."
    sidecar = _read_json(file.with_suffix(".json")) or {}
    described = _described(description | sidecar)
    for place, name in enumerate(header):
        if name in header[:place]:
            yield f"{file.name}, line 1, column {name}: the name stands there twice."
        if name not in described:
            yield f"{file.name}, line 1, column {name}: it is not among variableMeasured."


def _described(metadata: dict[str, Any]) -> set[str]:
    """The names in variableMeasured, whose members are texts or PropertyValues."""
    return {
        str(variable.get("name")) if isinstance(variable, dict) else str(variable)
        for variable in metadata.get("variableMeasured") or []
    }


def _loose_files(folder: Path) -> Iterator[str]:
    """Files that the specification does not know and .psychdsignore does not name."""
    ignore = folder / ".psychdsignore"
    patterns = ignore.read_text(encoding="utf-8").split() if ignore.is_file() else []
    for file in sorted(path for path in folder.rglob("*") if path.is_file()):
        name = file.relative_to(folder).as_posix()
        if not file.stat().st_size:
            yield f"{name} is empty."
        known = (
            name.startswith((DESCRIPTION, "README", "CHANGES"))
            or name == ".psychdsignore"
            or (name.startswith("data/") and name.endswith(("_data.csv", "_data.json")))
        )
        if not known and not any(
            fnmatch.fnmatch(name, f"{pattern}*" if pattern.endswith("/") else pattern)
            for pattern in patterns
        ):
            yield f"{name} is neither known to Psych-DS nor named in .psychdsignore."
