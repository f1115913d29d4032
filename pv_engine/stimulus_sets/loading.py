"""Loads a stimulus folder into the database and its images into the `stimuli` storage."""

import hashlib
import io
from pathlib import Path
from typing import Any

from django.core.files.base import ContentFile
from django.core.files.storage import Storage, storages
from django.db import transaction
from PIL import Image

from pv_engine.data.atomic_files import write_atomically
from pv_engine.data.images import refuse_bomb
from pv_engine.errors import ImageDataError
from pv_engine.models import Item, Stimulus, StimulusSet
from pv_engine.stimulus_sets.manifest import files_of, image_names, read_manifest
from pv_engine.stimulus_sets.writing import IMAGES

FORMATS = {".webp": "WEBP", ".png": "PNG"}


def load_stimulus_set(folder: Path) -> StimulusSet:
    """Load the stimulus set of a folder, unless it is loaded already, and return it.

    The manifest and every image are checked before anything is stored. Raises ImageDataError with
    the file and the problem.
    """
    manifest = read_manifest(folder)
    contents = {name: _read_image(folder / IMAGES / name) for name in image_names(manifest)}
    for name, content in contents.items():
        _store_image(storages["stimuli"], name, content)
    return _store_rows(manifest)


def _read_image(file: Path) -> bytes:
    """Return the bytes of an image, after checking them against its name."""
    try:
        content = file.read_bytes()
    except OSError as error:
        raise ImageDataError(
            f"{file}, which the manifest names, cannot be read ({error.strerror}); "
            "build the stimulus set again."
        ) from error
    found = hashlib.sha256(content).hexdigest()
    if found != file.stem:
        raise ImageDataError(
            f"{file} has the SHA-256 {found[:16]}… instead of the one in its name; "
            "it was changed or truncated, so build the stimulus set again."
        )
    try:
        with Image.open(io.BytesIO(content), formats=[FORMATS[file.suffix]]) as image:
            refuse_bomb(image)
            image.load()
    except Image.DecompressionBombError as error:
        raise ImageDataError(f"{file} is too large to be a stimulus: {error}.") from error
    except Exception as error:  # whatever a decoder raises is the file's fault
        raise ImageDataError(f"{file} is not a readable {FORMATS[file.suffix]} image.") from error
    return content


def _store_image(storage: Storage, name: str, content: bytes) -> None:
    """Save under exactly this name, replacing a file that an interrupted save left behind."""
    is_there = storage.exists(name)
    if is_there and storage.size(name) == len(content):
        return
    try:
        path = Path(storage.path(name))
    except NotImplementedError:
        _store_in_bucket(storage, name, content, is_there)
    else:
        # Another process may be writing the same bytes: deleting its half would break its save.
        write_atomically(path, content)


def _store_in_bucket(storage: Storage, name: str, content: bytes, is_there: bool) -> None:
    if is_there:
        storage.delete(name)
    stored = storage.save(name, ContentFile(content))
    if stored != name:
        # Another process saved the same bytes at the same moment.
        storage.delete(stored)


@transaction.atomic
def _store_rows(manifest: dict[str, Any]) -> StimulusSet:
    stimulus_set, created = StimulusSet.objects.get_or_create(
        content_sha256=manifest["content_sha256"],
        defaults={"name": manifest["name"], "manifest": manifest},
    )
    if created:
        for is_example, rows in ((False, manifest["items"]), (True, manifest["examples"])):
            _store_items(stimulus_set, rows, is_example)
    return stimulus_set


def _store_items(stimulus_set: StimulusSet, rows: list[dict[str, Any]], is_example: bool) -> None:
    items = Item.objects.bulk_create(
        Item(
            stimulus_set=stimulus_set,
            name=row["name"],
            is_example=is_example,
            position=position,
            stratum=row["stratum"],
            prediction=row["prediction"],
            true_labels=row["true_labels"],
            options=row["options"],
            answer=row.get("answer", ""),
            texts=row.get("texts", {}),
        )
        for position, row in enumerate(rows, start=1)
    )
    Stimulus.objects.bulk_create(
        Stimulus(item=item, kind=kind, file_name=first, further_files=further)
        for item, row in zip(items, rows, strict=True)
        for kind in row["images"]
        for first, *further in [files_of(row, kind)]
    )
