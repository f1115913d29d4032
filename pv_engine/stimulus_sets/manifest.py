"""Reads and checks the manifest of a stimulus folder (its format: docs/stimulus_folder.md)."""

import hashlib
import json
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from pv_engine.errors import ImageDataError
from pv_engine.recipe import UNDRAWN

SCHEMA_VERSION = 1
# Items with several pictures of a kind, with texts, or with an answer of their own.
EXTENDED_VERSION = 2
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
    names = (name for row in rows for kind in row["images"] for name in files_of(row, kind))
    return list(dict.fromkeys(names))


def files_of(row: dict[str, Any], kind: str) -> list[str]:
    """Return the files of an item's pictures of a kind: one, or several in their order."""
    files = row["images"][kind]
    return [files] if isinstance(files, str) else list(files)


def version_of(rows: Iterable[dict[str, Any]]) -> int:
    """Return the version of a manifest with these items: the oldest that has all they need."""
    is_plain = all(
        "answer" not in row
        and "texts" not in row
        and ORIGINAL in row["images"]
        and all(isinstance(files, str) for files in row["images"].values())
        for row in rows
    )
    return SCHEMA_VERSION if is_plain else EXTENDED_VERSION


def _check_form(manifest: Any, file: Path) -> None:
    if not isinstance(manifest, dict):
        raise ImageDataError(
            f"{file} must contain a JSON object, but contains a {type(manifest).__name__}."
        )
    for key in REQUIRED_KEYS:
        if key not in manifest:
            raise ImageDataError(f"{file} lacks the key {key}; build the stimulus set again.")
    if manifest["schema_version"] not in (SCHEMA_VERSION, EXTENDED_VERSION):
        raise ImageDataError(
            f"{file}: schema_version must be {SCHEMA_VERSION} or {EXTENDED_VERSION}, "
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
    is_extended = manifest["schema_version"] == EXTENDED_VERSION
    if is_extended:
        yield from _text_problems(row.get("texts", {}))
    yield from _label_problems(row, manifest["classes"], is_extended)
    yield from _image_problems(row.get("images"), manifest["conditions"], is_extended)


def _text_problems(texts: Any) -> Iterator[str]:
    if not isinstance(texts, dict):
        yield f"texts must be an object, but is {texts!r:.60}"
        return
    for name, text in texts.items():
        if not isinstance(text, str) or not text:
            yield f"texts.{name} must be a text, but is {text!r:.60}"


def _label_problems(row: dict[str, Any], classes: list[str], is_extended: bool) -> Iterator[str]:
    if row["stratum"] not in STRATA:
        yield f"stratum must be one of {', '.join(STRATA)}, but is {row['stratum']!r}"
    for label in (row["prediction"], *row["true_labels"], *row["options"]):
        if label not in classes:
            yield f"names {label!r}, which is not among the classes"
    if len(set(row["options"])) != len(row["options"]) or len(row["options"]) < 2:
        yield "options must be two or more different classes"
    key = "answer" if is_extended and "answer" in row else "prediction"
    if row[key] not in row["options"]:
        yield f"options lack the {key} {row[key]!r}"


def _image_problems(images: Any, conditions: list[str], is_extended: bool) -> Iterator[str]:
    if not isinstance(images, dict):
        yield "images must be an object"
        return
    for kind in conditions if is_extended else (ORIGINAL, *conditions):
        if kind not in images and kind != UNDRAWN:
            yield f"images lack {kind!r}"
    for kind, files in images.items():
        several = files if is_extended and isinstance(files, list) else [files]
        if not several:
            yield f"images.{kind} must be a file or a list of files, but is []"
        for name in several:
            if not isinstance(name, str) or not FILE_NAME.fullmatch(name):
                yield f"images.{kind} must be a SHA-256 and .webp or .png, but is {name!r:.80}"


def _is_texts(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(part, str) and part for part in value)
