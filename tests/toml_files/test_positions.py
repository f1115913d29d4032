"""Every key of a TOML text is found with its line, whatever the text looks like."""

import json
import re
import tomllib
from pathlib import Path

import pytest
from django.conf import settings
from hypothesis import given
from hypothesis import strategies as st

from tests.surveys.everything import EVERYTHING
from toml_files.positions import find_lines, join

ROOT = Path(settings.BASE_DIR)
TRICKY = r'''
a.b = 1 # [not.a.table]
"q.x" = "s\"#] = "
'lit eral' = 'C:\#'
arr = [ # first
  "one", [1, 2], # second ]
  {x = 1, y.z = """a""b"""},
]
empty = []
none = {}
d = 1979-05-27 07:32:00  # a date
m = """"Two quotes at the end.
 = 3 \""" # no comment"""""
n = """\
    back\\"""
l = \'\'\'it''s''\'\'\'
[ q . "r s" ]
t = "x"
[[s]]
[[s.r]]
n = 1
[[s.r]]
n=2
[s.r.deep]
k = true
[[s]]
[[s.r]]
n = [[1.5, -2e3], [inf]]
[late]
[late.er]
x = "\u00e9"
'''.replace(r"\'", "'")
TEXTS = {file.name: file.read_text() for folder in ("fixtures", "recipes")
         for file in sorted((ROOT / folder).glob("*.toml"))}  # fmt: skip
TEXTS |= {"everything": EVERYTHING, "tricky": TRICKY, "nothing": "", "comment": "# x"}


def leaves(value, name=""):
    """Full name -> value, of everything that is not a table."""
    if isinstance(value, dict):
        return {k: v for key in value for k, v in leaves(value[key], join(name, key)).items()}
    found = {name: value}
    if isinstance(value, list):
        for index, part in enumerate(value, start=1):
            found |= leaves(part, f"{name}[{index}]")
    return found


def check(text):
    lines, wanted = find_lines(text), leaves(tomllib.loads(text))
    assert set(wanted) <= set(lines)
    written = text.splitlines()
    for name in wanted:
        last = re.sub(r"(\[\d+\])+$", "", name).rpartition(".")[2]
        is_part = name.endswith("]")
        assert is_part or last in written[lines[name] - 1].replace('"', "")


@pytest.mark.parametrize("name", TEXTS)
def test_every_value_is_found_where_it_stands(name):
    check(TEXTS[name])


KEYS = st.text(
    st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), min_size=1, max_size=5
)
PLAIN = st.one_of(st.integers(-9, 9), st.booleans(), KEYS)
VALUES = st.recursive(
    PLAIN, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=3)
)


def written(value):
    if isinstance(value, dict):
        pairs = ", ".join(f"{written(key)} = {written(part)}" for key, part in value.items())
        return f"{{ {pairs} }}"
    if isinstance(value, list):
        return "[\n" + "".join(f" {written(part)}, # ]\n" for part in value) + "]"
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")


@given(st.dictionaries(KEYS.filter(lambda key: not set(key) & set(".[]")), VALUES, max_size=4))
def test_whatever_the_keys_and_values_are(document):
    text = "".join(f"{written(key)} = {written(value)}\n" for key, value in document.items())
    lines = find_lines(text)
    for key in document:
        assert text.split("\n")[lines[key] - 1].startswith(written(key))


def test_lines_are_counted_from_one():
    lines = find_lines('\n[[a]]\nb = [\n "x",\n "y"]\n[a.c]\n')
    assert lines == {"a": 2, "a[1]": 2, "a[1].b": 3, "a[1].b[1]": 4, "a[1].b[2]": 5, "a[1].c": 6}
