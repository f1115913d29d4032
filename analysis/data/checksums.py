"""Hashes that tie results to the files they came from."""

import hashlib
from pathlib import Path


def file_sha256(path: Path) -> str:
    """Return the SHA-256 of a file in hexadecimal, read in blocks."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def data_sha256(folder: Path) -> str:
    """The hash of all tables in an export's folder `data`, as in the export's description.

    There, `LC_ALL=C sha256sum *.csv | sha256sum` prints the same.
    """
    lines = [f"{file_sha256(path)}  {path.name}\n" for path in sorted(folder.glob("*.csv"))]
    return hashlib.sha256("".join(lines).encode()).hexdigest()
