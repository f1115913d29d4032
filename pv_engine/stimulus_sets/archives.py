"""Unpacks an uploaded ZIP file of a list and its pictures. Free of torch and Django."""

import shutil
import stat
import zipfile
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import BinaryIO

from pv_engine.data.images import IMAGE_SUFFIXES
from pv_engine.errors import ImageDataError, reason_of

LIST = ".csv"
# Unpacked. A set of a hundred items in five conditions stays far below.
MOST_BYTES = 500_000_000
MOST_FILES = 5_000


def unpack(archive: BinaryIO, folder: Path) -> Path:
    """Unpack the list and the pictures of a ZIP file; return the list, which is beside them.

    Other files are left out. Raises ImageDataError for what is no ZIP file, for one that would
    write outside the folder, that is encrypted or too large, and for one without exactly one list.
    """
    try:
        with zipfile.ZipFile(archive) as opened:
            wanted = list(_wanted(opened))
            for entry in wanted:
                target = folder.joinpath(*PurePosixPath(entry.filename).parts)
                target.parent.mkdir(parents=True, exist_ok=True)
                with opened.open(entry) as source, target.open("wb") as stream:
                    shutil.copyfileobj(source, stream)
    except (zipfile.BadZipFile, NotImplementedError, EOFError, OSError) as error:
        raise ImageDataError(
            f"The file is not a readable ZIP file ({reason_of(error)})."
        ) from error
    lists = [entry.filename for entry in wanted if entry.filename.lower().endswith(LIST)]
    if len(lists) != 1:
        found = ", ".join(lists[:3]) or "none"
        raise ImageDataError(
            f"The ZIP file must contain exactly one list, a .csv file, but it has {found}."
        )
    return folder.joinpath(*PurePosixPath(lists[0]).parts)


def _wanted(opened: zipfile.ZipFile) -> Iterator[zipfile.ZipInfo]:
    entries = [entry for entry in opened.infolist() if _is_wanted(entry)]
    if len(entries) > MOST_FILES:
        raise ImageDataError(
            f"The ZIP file has {len(entries):,} lists and pictures; at most {MOST_FILES:,} are "
            "read."
        )
    size = sum(entry.file_size for entry in entries)
    if size > MOST_BYTES:
        raise ImageDataError(
            f"The ZIP file unpacks to {size / 1e6:,.0f} MB; at most {MOST_BYTES / 1e6:,.0f} MB are "
            "read. Import it on the server with import_stimuli."
        )
    for entry in entries:
        if entry.flag_bits & 1:
            raise ImageDataError(f"{entry.filename} is encrypted; pack it without a password.")
        path = PurePosixPath(entry.filename.replace("\\", "/"))
        if path.is_absolute() or ".." in path.parts or ":" in entry.filename:
            raise ImageDataError(
                f"{entry.filename} would be written outside its folder; pack the files without "
                "their paths."
            )
        yield entry


def _is_wanted(entry: zipfile.ZipInfo) -> bool:
    path = PurePosixPath(entry.filename)
    is_link = stat.S_ISLNK(entry.external_attr >> 16)
    # __MACOSX and ._names are what a Mac adds.
    is_hidden = any(part.startswith((".", "__")) and part != ".." for part in path.parts)
    is_file = not entry.is_dir() and not is_link and not is_hidden
    return is_file and path.suffix.lower() in {LIST, *IMAGE_SUFFIXES}
