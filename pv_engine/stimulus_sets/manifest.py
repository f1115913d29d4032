"""Reads and checks the manifest of a stimulus folder (its format: docs/stimulus_folder.md)."""

import hashlib
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pv_engine.errors import ImageDataError
from pv_engine.recipe import UNDRAWN

SCHEMA_VERSION = 1
MANIFEST = "manifest.json"
ORIGINAL = "original"
FILE_NAME = re.compile(r"[0-9a-f]{64}\.(webp|png)")
STRATA = ("model_wrong", "model_right")
# What participants see and how answers are scored; not when, where or with which versions.
HASHED = ("schema_version", "recipe_sha256", "classes", "conditions", "items", "examples")
REQUIRED_KEYS = (*HASHED, "name", "content_sha256")
ITEM_TEXTS = ("name", "stratum", "prediction")
ITEM_LISTS = ("true_labels", "options")


def content_sha256(manifest: dict[str, Any]) -> str:
    """Return the SHA-256 of the canonical JSON (sorted keys, no spaces) of the HASHED keys."""
    content = {key: manifest[key] for key in HASHED}
    canonical = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(canonical.encode()).hexdigest()


def folder_name(content_hash: str) -> str:
    """Return the stimulus folder's name: the first 16 digits of its content hash."""
    return content_hash[:16]


def read_manifest(folder: Path) -> dict[str, Any]:
    """Read the manifest of a stimulus folder and check its format and content hash.

    Raises ImageDataError with the file, the key, the value found and the value expected.
    """
    file = folder / MANIFEST
    try:
        manifest = json.loads(file.read_bytes())
    except OSError as error:
        raise ImageDataError(
            f"{file} cannot be read ({error.strerror}); name a folder written by `build_stimuli`."
        ) from error
    except ValueError as error:
        raise ImageDataError(f"{file} is not valid JSON; build the stimulus set again.") from error
    _check_form(manifest, file)
    found = content_sha256(manifest)
    if found != manifest["content_sha256"]:
        raise ImageDataError(
            f"{file}: content_sha256 is {manifest['content_sha256']!r}, but the content's hash is "
            f"{found}; the manifest was changed, so build the stimulus set again."
        )
    return manifest  # type: ignore[no-any-return] # JSON, checked above


def image_names(manifest: dict[str, Any]) -> list[str]:
    """Return each image's file name once, in the order of the manifest."""
    rows = [*manifest["items"], *manifest["examples"]]
    return list(dict.fromkeys(name for row in rows for name in row["images"].values()))


def _check_form(manifest: Any, file: Path) -> None:
    if not isinstance(manifest, dict):
        raise ImageDataError(
            f"{file} must contain a JSON object, but contains a {type(manifest).__name__}."
        )
    for key in REQUIRED_KEYS:
        if key not in manifest:
            raise ImageDataError(f"{file} lacks the key {key}; build the stimulus set again.")
    if manifest["schema_version"] != SCHEMA_VERSION:
        raise ImageDataError(
            f"{file}: schema_version must be {SCHEMA_VERSION}, "
            f"but is {manifest['schema_version']!r}."
        )
    for problem in _problems(manifest):
        raise ImageDataError(f"{file}: {problem}.")


def _problems(manifest: dict[str, Any]) -> Iterator[str]:
    for key in ("classes", "conditions"):
        if not _is_texts(manifest[key]) or not manifest[key]:
            yield f"{key} must be a list of texts, but is {manifest[key]!r:.60}"
            return
    if any(";" in label for label in manifest["classes"]):
        yield "classes must not contain the character ';', which separates them in exports"
    for key in ("items", "examples"):
        rows = manifest[key]
        if not isinstance(rows, list) or (key == "items" and not rows):
            yield f"{key} must be a list of items, but is {rows!r:.60}"
            return
        for index, row in enumerate(rows):
            yield from (f"{key}[{index}] {problem}" for problem in _item_problems(row, manifest))
    names = [row["name"] for row in (*manifest["items"], *manifest["examples"])]
    yield from (f"the name {name!r} is given twice" for name in names if names.count(name) > 1)


def _item_problems(row: Any, manifest: dict[str, Any]) -> Iterator[str]:
    if not isinstance(row, dict):
        yield "must be an object"
        return
    for key in ITEM_TEXTS:
        if not isinstance(row.get(key), str) or not row[key]:
            yield f"{key} must be a text, but is {row.get(key)!r:.60}"
            return
    for key in ITEM_LISTS:
        if not _is_texts(row.get(key)):
            yield f"{key} must be a list of texts, but is {row.get(key)!r:.60}"
            return
    yield from _label_problems(row, manifest["classes"])
    yield from _image_problems(row.get("images"), manifest["conditions"])


def _label_problems(row: dict[str, Any], classes: list[str]) -> Iterator[str]:
    if row["stratum"] not in STRATA:
        yield f"stratum must be one of {', '.join(STRATA)}, but is {row['stratum']!r}"
    for label in (row["prediction"], *row["true_labels"], *row["options"]):
        if label not in classes:
            yield f"names {label!r}, which is not among the classes"
    if len(set(row["options"])) != len(row["options"]) or len(row["options"]) < 2:
        yield "options must be two or more different classes"
    if row["prediction"] not in row["options"]:
        yield f"options lack the prediction {row['prediction']!r}"


def _image_problems(images: Any, conditions: list[str]) -> Iterator[str]:
    if not isinstance(images, dict):
        yield "images must be an object"
        return
    for kind in (ORIGINAL, *conditions):
        if kind not in images and kind != UNDRAWN:
            yield f"images lack {kind!r}"
    for kind, name in images.items():
        if not isinstance(name, str) or not FILE_NAME.fullmatch(name):
            yield f"images.{kind} must be a SHA-256 and .webp or .png, but is {name!r:.80}"


def _is_texts(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(part, str) and part for part in value)
