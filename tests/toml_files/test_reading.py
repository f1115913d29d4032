"""What the tables of any file can be read from, and what is said of every mistake."""

from dataclasses import dataclass, field
from typing import Annotated

import pytest
from pydantic import Field

from toml_files.document import Document
from toml_files.problems import FileError
from toml_files.reading import read
from toml_files.tables import Broken, Many, OneOf, Three, TomlTable, assemble, right, rule


@dataclass(frozen=True)
class Dog(TomlTable):
    name: Annotated[str, Field(min_length=1, max_length=9)]
    legs: Annotated[int, Field(ge=0, le=4)] = 4
    tails: int = 1

    @rule("legs", "tails")
    def _balanced(self) -> Broken:
        if self.legs < self.tails:
            yield "legs", f"must be as many as the tails, {self.tails}"


@dataclass(frozen=True)
class Kennel(TomlTable):
    dogs: Annotated[Many[Dog], Field(min_length=1)]
    kind: Annotated[str, OneOf(("town", "country"))] = "town"
    place: Three[float] | float = 0.0
    code: Annotated[str, Field(pattern="^[a-z]$"), right("one small letter")] = "a"
    first: Dog = field(default_factory=lambda: Dog("Rex"))


def problems_of(text: str, table: str = "") -> list[tuple[int, str]]:
    document = Document.parse(text, "kennel.toml", FileError)
    read(Kennel, document, table)
    return [(row.line, row.sentence) for row in document.problems]


def test_lists_become_tuples_and_whole_numbers_stay_numbers():
    document = Document.parse("place = [1, 2, 3]\n[[dogs]]\nname = 'Ada'", "k", FileError)
    kennel = read(Kennel, document)
    assert kennel == Kennel((Dog("Ada"),), place=(1.0, 2.0, 3.0))
    assert document.problems == []


@pytest.mark.parametrize(
    ("text", "line", "sentence"),
    [
        ("legs = 5", 3, "dogs[1].legs must be a whole number from 0 to 4, but is 5."),
        ("legs = true", 3, "dogs[1].legs must be a whole number from 0 to 4, but is true."),
        ('legs = "4"', 3, "dogs[1].legs must be a whole number from 0 to 4, but is '4'."),
        ("tails = 1.0", 3, "dogs[1].tails must be a whole number, but is 1.0."),
        ("legs = 0", 3, "dogs[1].legs must be as many as the tails, 1."),
        ("legs = 3\ntails = 4", 3, "dogs[1].legs must be as many as the tails, 4."),
        # The line is that of the key that the file has.
        ("tails = 5", 3, "dogs[1].legs must be as many as the tails, 5."),
        ("leggs = 3", 3, "unknown key dogs[1].leggs (did you mean legs?); known here are name, "
                         "legs, tails."),
        ("[[dogs]]", 3, "the key dogs[2].name is missing; it must be a text of 1 to 9 "
                        "characters."),
        ("[first]\nname = 3", 4, "first.name must be a text of 1 to 9 characters, but is 3."),
    ],
)  # fmt: skip
def test_a_mistake_is_named_with_what_was_found_and_what_would_be_right(text, line, sentence):
    assert problems_of(f"[[dogs]]\nname = 'Ada'\n{text}") == [(line, sentence)]


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("dogs = []", "dogs must be one or more [[dogs]] tables, but is []."),
        ("dogs = 3", "dogs must be one or more [[dogs]] tables, but is 3."),
        ("dogs = [1]", "dogs[1] must be a table, but is 1."),
        ("", "the key dogs is missing; it must be one or more [[dogs]] tables."),
        ('kind = "twon"', "kind must be one of 'town', 'country', but is 'twon' (did you mean "
                          "town?)."),
        ("kind = 2030-01-31", "kind must be one of 'town', 'country', but is 2030-01-31."),
        ("place = [1, 2]", "place must be a list of 3 numbers or a number, but is [1, 2]."),
        ("place = nan", "place must be a list of 3 numbers or a number, but is nan."),
        ('place = [1, 2, "x"]', "place[3] must be a number, but is 'x'."),
        ('code = "AB"', "code must be one small letter, but is 'AB'."),
    ],
)  # fmt: skip
def test_what_would_be_right_follows_from_the_schema(text, sentence):
    more = "" if "dogs" in text or not text else "\n[[dogs]]\nname = 'Ada'"
    assert [said for _, said in problems_of(text + more)] == [sentence]


def test_a_rule_is_left_out_where_a_key_that_it_needs_is_wrong():
    text = '[[dogs]]\nname = "Ada"\nlegs = -1\n[[dogs]]\nname = ""\nlegs = 0\n'
    assert [line for line, _ in problems_of(text)] == [3, 5, 6]


def test_a_table_inside_a_file_is_read_under_its_full_name():
    assert problems_of("[town]\ndogs = [{}]", "town") == [
        (2, "the key town.dogs[1].name is missing; it must be a text of 1 to 9 characters.")
    ]
    document = Document("the plan", {"town": 3}, FileError)
    read(Kennel, document, "town")
    with pytest.raises(FileError, match=r"^the plan: town must be a table, but is 3\.$"):
        document.raise_problems()


def test_a_table_can_be_put_together_without_a_check():
    assert assemble(Kennel, {"dogs": [{"legs": 9}]}) == Kennel((Dog(None, legs=9),))


def test_it_is_said_where_the_toml_is_not_valid():
    for text, place in (("\na = demo", "line 2: .+ at column 5"), ("a = [\n", "line 2: .+ end of")):
        with pytest.raises(FileError, match=place):
            Document.parse(text, "kennel.toml", FileError)
