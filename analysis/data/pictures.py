"""Reads the images of an export, for a self-contained report."""

import base64
from pathlib import Path

from analysis.data.files import read_table
from analysis.data.labels import condition_label
from analysis.data.validation import require_where
from analysis.errors import DataError, reason

CONTENT_TYPES = {".webp": "image/webp", ".png": "image/png"}
COLUMNS = ("item", "kind", "file")


def item_pictures(folder: Path, conditions: list[str]) -> dict[str, list[tuple[str, str]]]:
    """Return each item's image and explanations as (label, data URI); none if not exported.

    Raises DataError where the list of images names a file that does not exist.
    """
    path = folder / "materials" / "stimuli.csv"
    if not path.exists():
        return {}
    stimuli = read_table(path, COLUMNS)
    for name in COLUMNS:
        require_where(stimuli[name].notna(), stimuli, name, path.name, "given")
    found = {}
    for item, rows in stimuli.groupby("item", sort=False):
        # The first, where there are several of a kind.
        files = rows.drop_duplicates("kind").set_index("kind")["file"].to_dict()
        kinds = [kind for kind in ("original", *conditions) if kind in files]
        found[str(item)] = [
            (condition_label(kind), _data_uri(path.with_suffix("") / files[kind])) for kind in kinds
        ]
    return found


def _data_uri(path: Path) -> str:
    if path.suffix not in CONTENT_TYPES:
        known = ", ".join(CONTENT_TYPES)
        raise DataError(f"stimuli.csv, column file: must end in {known}, but is {path.name!r}.")
    try:
        content = base64.b64encode(path.read_bytes()).decode()
    except OSError as error:
        raise DataError(f"The image {path} cannot be read: {reason(error)}.") from error
    return f"data:{CONTENT_TYPES[path.suffix]};base64,{content}"
