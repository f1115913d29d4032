"""Reads the images of an export, for a self-contained report."""

import base64
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd

from analysis.data.files import read_table
from analysis.data.labels import condition_label
from analysis.data.schema import MODEL_WRONG
from analysis.data.validation import require_where
from analysis.errors import DataError, reason

CONTENT_TYPES = {".webp": "image/webp", ".png": "image/png"}
COLUMNS = ("item", "kind", "file")


@dataclass(frozen=True)
class ShownItem:
    """An item with all its pictures: kind -> data URIs, several where the kind has several."""

    name: str
    pictures: dict[str, list[str]] = field(default_factory=dict)
    # What the model answered, where the export has a table of items.
    prediction: str = ""
    # What its trials showed as texts of the stimulus set: name -> text.
    texts: dict[str, str] = field(default_factory=dict)


def item_pictures(folder: Path, conditions: list[str]) -> dict[str, list[tuple[str, str]]]:
    """Return each item's image and explanations as (label, data URI); none if not exported.

    Raises DataError where the list of images names a file that does not exist.
    """
    found = {}
    for item, rows in _stimuli(folder).groupby("item", sort=False):
        # The first, where there are several of a kind.
        files = rows.drop_duplicates("kind").set_index("kind")["file"].to_dict()
        kinds = [kind for kind in ("original", *conditions) if kind in files]
        found[str(item)] = [(condition_label(kind), _data_uri(files[kind])) for kind in kinds]
    return found


def shown_item(folder: Path, trials: pd.DataFrame, conditions: list[str]) -> ShownItem | None:
    """Return the first item that every condition had, rather a mistake; None without pictures.

    Raises DataError where the list of images names a file that does not exist.
    """
    stimuli = _stimuli(folder)
    names = trials["item"].astype(str)
    seen = trials.groupby(names, observed=True)["condition"].nunique()
    wrong = set(names[trials["stratum"] == MODEL_WRONG])
    whole = set(seen[seen == len(conditions)].index) & set(stimuli["item"])
    if not whole:
        return None
    first = min(whole, key=lambda name: (name not in wrong, name))
    pictures: dict[str, list[str]] = {}
    for kind, file in stimuli.loc[stimuli["item"] == first, ["kind", "file"]].to_numpy():
        pictures.setdefault(str(kind), []).append(_data_uri(file))
    return ShownItem(first, pictures)


def _stimuli(folder: Path) -> pd.DataFrame:
    """The list of images, each with its path; empty if not exported."""
    path = folder / "materials" / "stimuli.csv"
    if not path.exists():
        return pd.DataFrame(columns=list(COLUMNS))
    stimuli = read_table(path, COLUMNS)
    for name in COLUMNS:
        require_where(stimuli[name].notna(), stimuli, name, path.name, "given")
    files = stimuli["file"].map(lambda name: path.with_suffix("") / str(name))
    return stimuli.assign(item=stimuli["item"].astype(str), file=files)


def _data_uri(path: Path) -> str:
    if path.suffix not in CONTENT_TYPES:
        known = ", ".join(CONTENT_TYPES)
        raise DataError(f"stimuli.csv, column file: must end in {known}, but is {path.name!r}.")
    try:
        content = base64.b64encode(path.read_bytes()).decode()
    except OSError as error:
        raise DataError(f"The image {path} cannot be read: {reason(error)}.") from error
    return f"data:{CONTENT_TYPES[path.suffix]};base64,{content}"
