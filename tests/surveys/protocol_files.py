"""Reads protocol files in tests."""

from pathlib import Path

from surveys.errors import ProtocolError
from surveys.protocol.reader import parse_protocol
from surveys.protocol.schema import Protocol
from toml_files.document import read_text


def read_file(file: Path) -> Protocol:
    return parse_protocol(read_text(file, ProtocolError, "protocol"), file)
