"""Whatever is written in the place of a value, or left out, is read or refused in sentences."""

import tomllib
from copy import deepcopy
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from analysis.plan.reader import problems_of_section
from pv_engine.errors import RecipeError
from pv_engine.recipe.reading import RecipeFile
from pv_engine.recipe.sections.data import spelled_out
from surveys.errors import ProtocolError
from surveys.protocol.schema import Protocol
from toml_files.document import Document
from toml_files.reading import read

KeyPath = tuple[str | int, ...]
TESTS = Path(settings.BASE_DIR) / "tests"


def table_of(name: str) -> dict[str, Any]:
    return tomllib.loads((TESTS / name).read_text(encoding="utf-8"))


PROTOCOL = table_of("surveys/protocol/hashes/everything.toml")
PLAN = table_of("surveys/protocol/hashes/planned.toml")["analysis"]
RECIPE = table_of("pv_engine/recipe/hashes/quality.toml")
RECIPE |= {"data": spelled_out(RECIPE["data"])}


def paths_of(value: object, path: KeyPath = ()) -> list[KeyPath]:
    parts = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(
        value, list) else ()  # fmt: skip
    inner = [row for key, part in parts for row in paths_of(part, (*path, key))]
    return [path, *inner] if path else inner


ANY = st.one_of(
    st.sampled_from([None, True, 0, -1, 10**30, 1.5, float("nan"), "", " ", "x", [], {}, [[]], [{}],
                     {"": 0}, {"en": "x"}, {"name": 1}, date(2030, 1, 1), datetime(2030, 1, 1, 9)]),
    st.text(max_size=3),
)  # fmt: skip


def changed(table: dict[str, Any], changes: list[tuple[KeyPath, object]]) -> dict[str, Any]:
    """The table with other values at these paths, and without what becomes None."""
    table = deepcopy(table)
    for path, value in changes:
        part: Any = table
        try:
            for key in path[:-1]:
                part = part[key]
            if value is None:
                del part[path[-1]]
            else:
                part[path[-1]] = deepcopy(value)
        except (KeyError, IndexError, TypeError):
            pass  # another change has taken the place away
    return table


def changes_of(table: dict[str, Any]):
    return st.lists(st.tuples(st.sampled_from(paths_of(table)), ANY), min_size=1, max_size=4)


@pytest.mark.parametrize(
    ("kind", "table", "error"),
    [(Protocol, PROTOCOL, ProtocolError), (RecipeFile, RECIPE, RecipeError)],
    ids=["protocol", "recipe"],
)
@hypothesis_settings(deadline=None)
@given(data=st.data())
def test_a_file_with_mistakes_is_read_to_its_end(kind, table, error, data):
    document = Document("file", changed(table, data.draw(changes_of(table))), error)
    read(kind, document, context={"languages": ["en", "it"]})
    assert all(row.sentence.endswith(".") and row.key for row in document.problems)


@hypothesis_settings(deadline=None)
@given(changes_of(PLAN))
def test_a_plan_with_mistakes_is_read_to_its_end(changes):
    problems = problems_of_section(changed(PLAN, changes), ["gradcam", "pv"])
    assert all(key.startswith("analysis") and sentence.endswith(".") for key, sentence in problems)
