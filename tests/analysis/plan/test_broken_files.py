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


@pytest.mark.xfail(strict=True, reason="a plan is read up to its first mistake")
def test_nearly_all_of_fifty_mistakes_are_named_with_their_line_and_key():
    assert len(unnamed(FILES, message_of)) <= 2
