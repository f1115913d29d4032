"""Takes a backup into an empty database, wholly or not at all, and proves that it is the same."""

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
    """Fill the empty, migrated database from a backup and return what is in it.

    Nothing is stored unless every table has the SHA-256 that the backup names. Raises BackupError
    when the database is not empty, has other migrations, or the archive is damaged.
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
    """Members are read by their exact names and never unpacked to a path from the archive."""
    opened = tar.extractfile(name)
    if opened is None:
        raise tarfile.ReadError(f"{name} is no file")
    return opened


def _read_contents(tar: tarfile.TarFile, source: Path) -> dict[str, Any]:
    contents: dict[str, Any] = json.load(_member(tar, CONTENTS))
    if contents["format"] != FORMAT:
        raise BackupError(f"{source} has another format than this version restores.")
    return contents


def _check_database(contents: dict[str, Any]) -> None:
    filled = filled_tables()
    if filled:
        raise BackupError(
            f"The database is not empty: {filled[0]} has rows. Restore into a new one, after "
            "`migrate`."
        )
    here, there = set(applied_migrations()), set(contents["migrations"])
    if here != there:
        example = sorted(here ^ there)[0]
        raise BackupError(
            f"The backup was made by Foresee {contents['foresee']}, whose tables differ from these "
            f"({example}); restore it with that version, then upgrade."
        )


def _restore_images(tar: tarfile.TarFile, contents: dict[str, Any]) -> None:
    """Each is named by its content, so that it may be there already, and may stay."""
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
        raise BackupError(f"{problems[0]} Set AUDIT_KEY to the key of that installation.")
