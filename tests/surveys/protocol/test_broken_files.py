"""Every mistake of a broken protocol is named at once, with its line and key."""

from pathlib import Path

import pytest

from surveys.errors import ProtocolError
from tests.broken_files import unnamed
from tests.surveys.protocol_files import read_file

FILES = sorted((Path(__file__).parent / "broken").glob("*.toml"))


def message_of(file: Path) -> str:
    with pytest.raises(ProtocolError) as caught:
        read_file(file)
    return str(caught.value)


def test_all_of_fifty_mistakes_are_named_with_their_line_and_key():
    assert unnamed(FILES, message_of) == []
