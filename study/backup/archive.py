"""Writes a backup: one tar file with a table of contents, every table and every stimulus.

    backup.json                 when, which version, migrations, rows and SHA-256 of each table
    tables/<app>.<model>.jsonl  one row per line
    stimuli/<sha256>.webp       the images that the tables name

Checkpoints of builds and the secret keys are left out.
"""

import hashlib
import io
import json
import tarfile
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.apps import apps
from django.conf import settings
from django.core.files.storage import storages
from django.utils import timezone

from accounts.audit.record import COMMAND_LINE, Action, record
from study.backup.errors import BackupError
from study.backup.tables import applied_migrations, lines_of, stored_models
from study.snapshot import snapshot

CONTENTS = "backup.json"
FORMAT = 1


def make_backup(target: Path) -> dict[str, Any]:
    """Write a backup of the current state to the new file `target` and return its contents.

    The file appears under its name only once it is complete. Only its owner can read it, since it
    contains password hashes and participants' panel ids. Raises BackupError.
    """
    if target.exists():
        raise BackupError(f"{target} exists already; name a new file.")
    try:
        with tempfile.TemporaryDirectory(dir=target.parent, prefix=".backup-") as scratch:
            contents = _write(Path(scratch))
            (Path(scratch) / "archive").replace(target)
    except OSError as error:
        raise BackupError(
            f"The backup {target} cannot be written ({error.strerror}); choose an existing folder "
            "with enough space."
        ) from error
    record(COMMAND_LINE, Action.BACKUP_MADE, "the whole database", at=contents["made_at"])
    return contents


def _write(scratch: Path) -> dict[str, Any]:
    with snapshot():
        contents: dict[str, Any] = {
            "format": FORMAT,
            "foresee": settings.VERSION,
            "made_at": timezone.now().isoformat(),
            "migrations": applied_migrations(),
            "tables": {
                label: _write_table(scratch / f"{label}.jsonl", model)
                for label, model in stored_models().items()
            },
            "stimuli": sorted(set(_image_names())),
        }
    archive = scratch / "archive"
    archive.touch(mode=0o600)
    with archive.open("wb") as raw, tarfile.open(fileobj=raw, mode="w:gz", compresslevel=3) as tar:
        _add(tar, CONTENTS, json.dumps(contents, indent=1).encode())
        for label in contents["tables"]:
            tar.add(scratch / f"{label}.jsonl", f"tables/{label}.jsonl", filter=_anonymous)
        for name in contents["stimuli"]:
            _add(tar, f"stimuli/{name}", _read_image(name))
    return contents


def _write_table(file: Path, model: Any) -> dict[str, Any]:
    digest, n_rows = hashlib.sha256(), 0
    with file.open("wb") as out:
        for line in lines_of(model):
            out.write(line.encode())
            digest.update(line.encode())
            n_rows += 1
    return {"rows": n_rows, "sha256": digest.hexdigest()}


def _image_names() -> Iterator[str]:
    stimuli = apps.get_model("pv_engine.Stimulus")._base_manager.order_by()
    for first, further in stimuli.values_list("file_name", "further_files").iterator():
        yield from (first, *further)


def _read_image(name: str) -> bytes:
    try:
        with storages["stimuli"].open(name) as image:
            content: bytes = image.read()
    except FileNotFoundError as error:
        raise BackupError(
            f"The image {name} is in the database but missing from the stimuli; load its stimulus "
            "set again."
        ) from error
    if hashlib.sha256(content).hexdigest() != Path(name).stem:
        raise BackupError(f"The image {name} was changed; load its stimulus set again.")
    return content


def _add(tar: tarfile.TarFile, name: str, content: bytes) -> None:
    entry = tarfile.TarInfo(name)
    entry.size, entry.mode = len(content), 0o600
    tar.addfile(entry, io.BytesIO(content))


def _anonymous(entry: tarfile.TarInfo) -> tarfile.TarInfo:
    """Remove the names of the account and its group."""
    entry.uid = entry.gid = 0
    entry.uname = entry.gname = ""
    entry.mode = 0o600
    return entry
