"""One value of a text changes, and nothing else of it."""

import tomllib

import pytest

from toml_files.editing import remove_value, set_value

TEXT = """# A study.
slug = "one"   # its address
title = 'What?'

[texts]
thanks = \"\"\"
Thank you. \"\"\"  # said last

[[conditions]]   # the first
name = "pv"
"""


@pytest.mark.parametrize("text", [TEXT, TEXT.replace("\n", "\r\n")])
def test_a_value_changes_and_comments_order_and_spaces_stay(text):
    assert set_value(text, "slug", value='two "2"') == text.replace('"one"', '"two \\"2\\""')


def test_a_key_that_is_missing_is_added_where_it_means_the_key():
    changed = set_value(TEXT.replace('slug = "one"   # its address\n', ""), "slug", value="two")
    assert tomllib.loads(changed) == tomllib.loads(TEXT) | {"slug": "two"}


def test_a_text_that_is_no_toml_stays_as_it_is():
    assert set_value("slug = = 1", "slug", value="two") == "slug = = 1"


@pytest.mark.parametrize("key", ["item-01", "a b.c", "Ü"])
def test_what_is_added_to_a_table_can_be_removed_without_a_trace(key):
    added = set_value(TEXT, "dropped", key, value="It's “blurred”.")
    assert tomllib.loads(added)["dropped"] == {key: "It's “blurred”."}
    assert remove_value(added, "dropped", key).rstrip() == TEXT.rstrip()


@pytest.mark.parametrize(
    "table",
    [
        '[dropped]\na = "x"\nb = "y"\n',
        'dropped = {a = "x", b = "y"}\n',
        'dropped.a = "x"\ndropped.b = "y"\n',
    ],
)
def test_a_table_is_changed_however_it_is_written(table):
    changed = set_value(table, "dropped", "c", value="z")
    assert tomllib.loads(changed) == {"dropped": {"a": "x", "b": "y", "c": "z"}}
    assert tomllib.loads(remove_value(changed, "dropped", "a"))["dropped"] == {"b": "y", "c": "z"}


def test_nothing_is_removed_that_is_not_there():
    assert remove_value(TEXT, "dropped", "a") == TEXT
