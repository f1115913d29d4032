"""Compares a rebuilt stimulus set with an earlier one of the same recipe, item by item."""

import io
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from pv_engine.errors import ImageDataError
from pv_engine.stimulus_sets.manifest import ORIGINAL, files_of, read_manifest

EQUAL = "the same file"
# Answer keys of an item, and what they are called.
KEYS = {
    "stratum": "stratum",
    "prediction": "prediction",
    "predicted_set": "predicted set",
    "true_labels": "true labels",
    "options": "options",
}


@dataclass(frozen=True)
class ItemComparison:
    """One item of the earlier set: what differs in the rebuild, and each picture's likeness.

    `found` is False where the rebuild has no item of the same source image. Likenesses are EQUAL
    or a peak signal-to-noise ratio in dB.
    """

    name: str
    source: str
    found: bool
    different: tuple[str, ...] = ()
    likeness: tuple[tuple[str, str], ...] = ()

    @property
    def is_same(self) -> bool:
        """Whether answer keys and all files are the same."""
        return self.found and not self.different and all(each == EQUAL for _, each in self.likeness)

    def words(self) -> str:
        """Return one line about the item."""
        if not self.found:
            return f"{self.name} ({self.source}): not among the rebuild's items"
        keys = f"other {', '.join(self.different)}" if self.different else "same answer keys"
        pictures = ", ".join(f"{kind} {each}" for kind, each in self.likeness)
        return f"{self.name} ({self.source}): {keys}; {pictures}"


@dataclass(frozen=True)
class SetComparison:
    """Two sets of one recipe, and what their manifests say of how they were made."""

    items: tuple[ItemComparison, ...]
    settings: tuple[str, ...]

    @property
    def is_same(self) -> bool:
        return all(item.is_same for item in self.items)

    def counts(self) -> dict[str, int]:
        """Return how many items there are, and how many are found again, and in what respect."""
        found = [item for item in self.items if item.found]
        return {
            "items": len(self.items),
            "found again": len(found),
            "with the same prediction": sum("prediction" not in each.different for each in found),
            "with the same answer keys": sum(not each.different for each in found),
            "with the same files": sum(each.is_same for each in found),
        }


def compare_sets(earlier: Path, rebuilt: Path) -> SetComparison:
    """Compare two stimulus folders; items are matched by their source image.

    Raises
    ------
    ImageDataError
        If a folder has no valid manifest, or the sets are of different recipes.
    """
    first, second = read_manifest(earlier), read_manifest(rebuilt)
    if first["recipe_sha256"] != second["recipe_sha256"]:
        raise ImageDataError(
            f"{earlier} and {rebuilt} were made from different recipes "
            f"({first['recipe_sha256'][:16]} and {second['recipe_sha256'][:16]}); "
            "rebuild from the recipe of the earlier set."
        )
    again = {_source(row): row for row in _rows(second)}
    items = tuple(_compared(row, again.get(_source(row)), earlier, rebuilt) for row in _rows(first))
    return SetComparison(items, tuple(_different_settings(first, second)))


def _rows(manifest: dict[str, Any]) -> list[dict[str, Any]]:
    return [*manifest["items"], *manifest["examples"]]


def _source(row: dict[str, Any]) -> str:
    """The source image; sets made elsewhere may name none."""
    return str(row.get("source") or row["name"])


def _compared(
    row: dict[str, Any], again: dict[str, Any] | None, earlier: Path, rebuilt: Path
) -> ItemComparison:
    if again is None:
        return ItemComparison(row["name"], _source(row), found=False)
    different = tuple(name for key, name in KEYS.items() if row.get(key) != again.get(key))
    kinds = [kind for kind in (ORIGINAL, *row["images"]) if kind in again["images"]]
    likeness = tuple(
        (kind, _likeness(earlier, files_of(row, kind)[0], rebuilt, files_of(again, kind)[0]))
        for kind in dict.fromkeys(kinds)
    )
    return ItemComparison(row["name"], _source(row), True, different, likeness)


def _likeness(earlier: Path, first: str, rebuilt: Path, second: str) -> str:
    # Files are named by the hash of their content.
    if first == second:
        return EQUAL
    a, b = (_levels(folder / "images" / name) for folder, name in
            ((earlier, first), (rebuilt, second)))  # fmt: skip
    if a.shape != b.shape:
        return "another size"
    error = float(((a - b) ** 2).mean())
    decibels = 10 * np.log10(255**2 / error) if error else np.inf
    return f"{decibels:.1f} dB"


def _levels(file: Path) -> np.ndarray:
    with Image.open(io.BytesIO(file.read_bytes())) as picture:
        return np.asarray(picture.convert("RGB"), dtype=np.float64)


def _different_settings(first: dict[str, Any], second: dict[str, Any]) -> Iterator[str]:
    """What the manifests say differently of library versions and processor."""
    for part in ("versions", "machine"):
        before, after = first.get(part, {}), second.get(part, {})
        for key in sorted(before.keys() | after.keys()):
            if before.get(key) != after.get(key):
                yield f"{key}: {before.get(key, 'unknown')} and {after.get(key, 'unknown')}"
