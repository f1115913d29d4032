"""Restores a backup into an empty database, completely or not at all, and verifies it."""

import hashlib
import io
import json
import re
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.core.files.base import ContentFile
from django.core.files.storage import storages
from django.db import DatabaseError, connection, transaction

from accounts.audit.chain import find_tampering
from accounts.audit.record import COMMAND_LINE, Action, record
from study.backup.archive import CONTENTS, FORMAT
from study.backup.errors import BackupError
from study.backup.tables import (
    applied_migrations,
    digest_of,
    filled_tables,
    insert_lines,
    reset_sequences,
    stored_models,
)

IMAGE = re.compile(r"stimuli/([0-9a-f]{64})(\.webp|\.png)")


def restore_backup(source: Path) -> dict[str, Any]:
    """Fill the empty, migrated database from a backup and return the backup's contents.

    Nothing is stored unless every table has the SHA-256 given in the backup. Raises BackupError
    if the database is not empty or has other migrations, or if the archive is damaged.
    """
    with _opened(source) as tar:
        contents = _read_contents(tar, source)
        _check_database(contents)
        _restore_images(tar, contents)
        with transaction.atomic():
            for label, model in stored_models().items():
                insert_lines(model, _lines(tar, label))
            reset_sequences()
            connection.check_constraints()
            _compare(contents)
            record(COMMAND_LINE, Action.BACKUP_RESTORED, "the whole database",
                   made_at=contents["made_at"])  # fmt: skip
    return contents


@contextmanager
def _opened(source: Path) -> Iterator[tarfile.TarFile]:
    try:
        with tarfile.open(source, "r:gz") as tar:
            yield tar
    except (OSError, EOFError, tarfile.TarError, ValueError, KeyError, DatabaseError) as error:
        reason = getattr(error, "strerror", "") or f"{type(error).__name__}: {error}"
        raise BackupError(
            f"{source} cannot be restored ({reason}); it is no backup, or "
            "it is damaged. Nothing was stored."
        ) from error


def _member(tar: tarfile.TarFile, name: str) -> Any:
    """Open a member by its exact name; never unpack to a path that the archive gives."""
    opened = tar.extractfile(name)
    if opened is None:
        raise tarfile.ReadError(f"{name} is not a file")
    return opened


def _read_contents(tar: tarfile.TarFile, source: Path) -> dict[str, Any]:
    contents: dict[str, Any] = json.load(_member(tar, CONTENTS))
    if contents["format"] != FORMAT:
        raise BackupError(f"This version cannot restore the format of {source}.")
    return contents


def _check_database(contents: dict[str, Any]) -> None:
    filled = filled_tables()
    if filled:
        raise BackupError(
            f"The database is not empty: {filled[0]} has rows. Restore into a new database after "
            "`migrate`."
        )
    here, there = set(applied_migrations()), set(contents["migrations"])
    if here != there:
        example = sorted(here ^ there)[0]
        raise BackupError(
            f"The backup comes from Foresee {contents['foresee']}, whose tables differ "
            f"({example}); restore it with that version, then upgrade."
        )


def _restore_images(tar: tarfile.TarFile, contents: dict[str, Any]) -> None:
    """Store the images. Each is named by its content, so one that exists already can stay."""
    storage = storages["stimuli"]
    for name in contents["stimuli"]:
        match = IMAGE.fullmatch(f"stimuli/{name}")
        content = _member(tar, f"stimuli/{name}").read() if match else b""
        if match is None or hashlib.sha256(content).hexdigest() != match[1]:
            raise BackupError(f"The image {name[:80]!r} of the backup is damaged.")
        if not storage.exists(name):
            storage.save(name, ContentFile(content))


def _lines(tar: tarfile.TarFile, label: str) -> Iterator[str]:
    yield from io.TextIOWrapper(_member(tar, f"tables/{label}.jsonl"), encoding="utf-8")


def _compare(contents: dict[str, Any]) -> None:
    for label, model in stored_models().items():
        if digest_of(model) != contents["tables"][label]["sha256"]:
            raise BackupError(f"The table {label} of the backup is damaged. Nothing was stored.")
    problems = find_tampering()
    if problems:
        raise BackupError(f"{problems[0]} Set AUDIT_KEY to the key of the backed-up installation.")
