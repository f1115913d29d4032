"""Tables of a list are found, added, moved and removed; everything else of the text stays."""

import tomllib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from toml_files.editing import add_table, arrange_tables
from toml_files.positions import find_tables

TEXT = """title = "x"

# The paper's own.
[[conditions]]
name = "gradcam"   # first

[[conditions]]
name = "pv"
[conditions.more]
depth = 2

# Not of the list.
[texts]
thanks = "Bye."
"""
PATH = ("conditions",)


def names_in(text):
    return [row["name"] for row in tomllib.loads(text).get("conditions", [])]


def test_a_table_is_found_with_the_tables_inside_it():
    lines = TEXT.splitlines()
    spans = [lines[first - 1 : last] for first, last in find_tables(TEXT, PATH)]
    assert [span[0] for span in spans] == ["[[conditions]]", "[[conditions]]"]
    assert spans[1][2:4] == ["[conditions.more]", "depth = 2"]


AS_VALUES = 'conditions = [{name = "pv"}]\n'
APART = '[[conditions]]\nname = "pv"\n[a]\n[conditions.more]\nb = 1\n'


@pytest.mark.parametrize("text", [AS_VALUES, APART])
def test_a_list_that_is_written_otherwise_or_apart_is_not_found(text):
    assert find_tables(text, PATH) == []


@pytest.mark.parametrize("text", [TEXT, TEXT.rstrip(), TEXT.replace("\n", "\r\n"), "", "a = 1"])
def test_one_more_table_is_the_last_of_its_list_and_changes_nothing_else(text):
    after = add_table(text, PATH, {"name": "none", "introduction": "One.\nTwo."})
    before, more = tomllib.loads(text), tomllib.loads(after)
    added = more["conditions"].pop()
    assert (added["name"], added["introduction"]) == ("none", "One.\nTwo.\n")
    assert more == {"conditions": []} | before
    lines = iter(after.splitlines())
    assert all(line in lines for line in text.splitlines())  # in the same order


def test_a_list_inside_a_table_is_begun_after_that_table():
    text = "[comprehension]\ntries = 3\n\n[texts]\nthanks = 'Bye.'\n"
    after = add_table(text, ("comprehension", "questions"), {"question": "Why?"})
    assert after.index("[[comprehension.questions]]") < after.index("[texts]")
    assert tomllib.loads(after)["comprehension"] == {
        "tries": 3,
        "questions": [{"question": "Why?"}],
    }


def test_a_table_goes_with_its_comment_and_all_other_comments_stay():
    after = arrange_tables(TEXT, PATH, [1, 0])
    assert names_in(after) == ["pv", "gradcam"]
    assert '# The paper\'s own.\n[[conditions]]\nname = "gradcam"   # first\n' in after
    assert "# Not of the list.\n[texts]" in after
    without = arrange_tables(TEXT, PATH, [1])
    assert "The paper's own." not in without
    assert "# Not of the list.\n[texts]" in without


@given(order=st.lists(st.sampled_from(range(4)), unique=True))
def test_any_order_of_some_of_them_is_what_is_read_then(order):
    rows = [f'\n# {n}\n[[conditions]]\nname = "{n}"\n' for n in range(4)]
    after = arrange_tables("".join(["a = 1\n", *rows, "\n[b]\n"]), PATH, order)
    assert names_in(after) == [str(index) for index in order]
    others = {key: row for key, row in tomllib.loads(after).items() if key != "conditions"}
    assert others == {"a": 1, "b": {}}
    comments = [line for line in after.splitlines() if line.startswith("#")]
    assert comments == [f"# {index}" for index in order]
