"""Every mistake of a broken plan is named at once, with its line and key."""

from pathlib import Path

import pytest

from analysis.errors import PlanError
from analysis.plan.reader import read_plan
from tests.broken_files import unnamed

FILES = sorted((Path(__file__).parent / "broken").glob("*.toml"))


def message_of(file: Path) -> str:
    with pytest.raises(PlanError) as caught:
        read_plan(file)
    return str(caught.value)


def test_all_of_fifty_mistakes_are_named_with_their_line_and_key():
    assert unnamed(FILES, message_of) == []
