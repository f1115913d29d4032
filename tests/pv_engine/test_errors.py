"""What an error's sentence says of the reason."""

import pytest

from pv_engine.errors import RecipeError, reason_of
from pv_engine.recipe.reading import read_recipe


def test_a_missing_file_is_reported_without_its_number_and_path(tmp_path):
    with pytest.raises(RecipeError, match=r"cannot be read \(No such file or directory\); name"):
        read_recipe(tmp_path / "nothing.toml")


def test_a_file_that_is_no_text_is_reported_in_words(tmp_path):
    file = tmp_path / "recipe.toml"
    file.write_bytes(b"\xff\xfe")
    with pytest.raises(RecipeError, match=r"recipe.toml is not UTF-8 text; save it as a TOML file"):
        read_recipe(file)


def test_of_a_librarys_error_the_first_line_is_reported():
    assert reason_of(ValueError("wrong shape\n  at line 7")) == "wrong shape"
    assert reason_of(KeyError()) == "KeyError"
