"""Every mistake of a broken recipe is named at once, with its line and key."""

from pathlib import Path

import pytest

from pv_engine.errors import RecipeError
from pv_engine.recipe.reading import read_recipe
from tests.broken_files import unnamed

FILES = sorted((Path(__file__).parent / "broken").glob("*.toml"))


def message_of(file: Path) -> str:
    with pytest.raises(RecipeError) as caught:
        read_recipe(file)
    return str(caught.value)


def test_all_of_fifty_mistakes_are_named_with_their_line_and_key():
    assert unnamed(FILES, message_of) == []
