"""Reads protocol files in tests."""

from pathlib import Path

from surveys.protocol.reader import parse_protocol, read_text
from surveys.protocol.schema import Protocol


def read_file(file: Path) -> Protocol:
    return parse_protocol(read_text(file), file)
