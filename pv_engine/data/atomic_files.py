"""Files that are written completely or not at all."""

import contextlib
import os
import secrets
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO


@contextlib.contextmanager
def atomic_file(path: Path) -> Iterator[BinaryIO]:
    """Open a file for writing that replaces `path` only when it is complete.

    After an error, a full disk or a power cut, `path` is as it was.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    # A unique name: workers on several machines may write the same picture at the same time.
    partial = path.with_name(f".{path.name}.{secrets.token_hex(6)}.partial")
    try:
        with partial.open("wb") as stream:
            yield stream
            stream.flush()
            os.fsync(stream.fileno())
        partial.replace(path)
        _keep_name(path.parent)
    except BaseException:
        partial.unlink(missing_ok=True)
        raise


def write_atomically(path: Path, content: bytes) -> None:
    """Write a file completely or not at all, also during a power cut."""
    with atomic_file(path) as stream:
        stream.write(content)


def _keep_name(folder: Path) -> None:
    """Flush the folder's entries to disk on systems that can open a folder."""
    if os.name != "posix":
        return
    opened = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)
