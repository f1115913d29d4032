"""A data source of one's own: a recipe names it, the environment allows its module."""

import re
import sys
from pathlib import Path

import pytest

from pv_engine.data.sources import open_source
from pv_engine.errors import RecipeError
from pv_engine.recipe.reading import parse_recipe

ROOT = Path(__file__).parents[3]
GUIDE = (ROOT / "docs" / "guides" / "add_a_data_source.md").read_text()
OWN_SOURCE = re.search(r'```python title="own_pictures.py"\n(.*?)```', GUIDE, re.DOTALL)
NO_SOURCE = "\n\ndef nothing(data, root, seed):\n    return {}\n"


@pytest.fixture
def own_module(tmp_path, monkeypatch):
    (tmp_path / "own_pictures.py").write_text(OWN_SOURCE[1] + NO_SOURCE)
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setenv("DATA_FACTORIES", "own_other, own_pictures")
    yield
    sys.modules.pop("own_pictures", None)


def open_factory(named):
    data = f'[data]\nkind = "factory"\nfactory = "{named}"\ntrain = 3\nheld_out = 2\nroot = "p"'
    return open_source(parse_recipe(f"seed = 5\n{data}", "own.toml", Path("/recipes")))


def test_the_source_of_the_guide_is_opened(own_module):
    source = open_factory("own_pictures:Greys")
    assert source.names("held_out") == ["held_out-0", "held_out-1"]
    assert source.labels("held_out-1") == ("light",)
    assert source.load("held_out-1", 32).getpixel((0, 0)) == (190, 190, 190)


def test_a_source_gets_section_folder_and_seed(own_module, tmp_path):
    (tmp_path / "own_pictures.py").write_text(
        "class Recorded:\n"
        "    classes = names = labels = load = ()\n"
        "    def __init__(self, *arguments):\n"
        "        self.arguments = arguments\n"
    )
    data, root, seed = open_factory("own_pictures:Recorded").arguments
    assert (data.train, root, seed) == (3, Path("/recipes/p"), 5)


def test_a_module_that_nobody_allowed_is_not_imported(tmp_path, monkeypatch):
    (tmp_path / "own_danger.py").write_text("raise SystemExit")
    monkeypatch.syspath_prepend(tmp_path)
    with pytest.raises(
        RecipeError, match=r"own_danger, which DATA_FACTORIES does not list; set DA"
    ):
        open_factory("own_danger:Greys")


def test_a_source_that_does_not_exist_is_named(own_module):
    with pytest.raises(RecipeError, match=r"'own_pictures:Blues', which cannot be imported"):
        open_factory("own_pictures:Blues")


def test_what_is_no_source_is_refused(own_module):
    with pytest.raises(RecipeError, match="own_pictures:nothing returned dict; it must return an"):
        open_factory("own_pictures:nothing")
