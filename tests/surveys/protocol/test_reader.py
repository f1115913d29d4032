import pytest

from surveys.errors import ProtocolError
from surveys.protocol.schema import Protocol, paragraphs
from tests.surveys.protocol_files import read_file

MINIMAL = """
slug = "demo"
title = "What does the model see?"
stimulus_set = "stimuli"
seed = 1
[[conditions]]
name = "gradcam"
[[conditions]]
name = "pv"
"""


@pytest.fixture
def read(tmp_path):
    def read_text(text):
        file = tmp_path / "demo.toml"
        file.write_text(text)
        return read_file(file)

    return read_text


def test_it_reads_the_smallest_protocol_and_fills_in_the_texts(read):
    protocol = read(MINIMAL)
    assert [arm.name for arm in protocol.conditions] == ["gradcam", "pv"]
    assert [arm.ratio for arm in protocol.conditions] == [1, 1]
    assert protocol.question_order == "random"
    assert protocol.texts.question == "What is the model’s prediction?"


def test_it_comes_back_from_the_database_as_it_was(read):
    protocol = read(MINIMAL)
    assert Protocol.from_json(protocol.as_json()) == protocol


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ('colour = "red"\n', "unknown key colour; known here are slug, title"),
        ("seed = -1\n", "seed must be a whole number from 0"),
        ("seed = true\n", "seed must be a whole number from 0"),
        ('slug = "Demo 1"\n', "slug must be at most 50 lower-case letters"),
        ('title = ""\n', "title must be a text"),
        ('question_order = "shuffled"\n', "question_order must be one of 'random', 'fixed'"),
        ("conditions = []\n", r"conditions must be one or more \[\[conditions\]\] tables"),
        ("[texts]\nhello = 'x'\n", "unknown key texts.hello; known here are information"),
        ("[texts]\nthanks = 3\n", "texts.thanks must be a text"),
    ],
)
def test_it_names_the_file_the_key_what_was_found_and_what_is_right(read, change, message):
    key = change.split(" =")[0]
    kept = [line for line in MINIMAL.splitlines() if not line.startswith(f"{key} =")]
    text = "\n".join(kept)
    if key == "conditions":
        text = text.split("[[conditions]]")[0]
    text = text + "\n" + change if change.startswith("[") else change + text
    with pytest.raises(ProtocolError, match=message) as error:
        read(text)
    assert "demo.toml" in str(error.value)


def test_it_names_a_key_that_is_missing(read):
    with pytest.raises(ProtocolError, match="the key title is missing; it must be a text"):
        read(MINIMAL.replace('title = "What does the model see?"', ""))


def test_it_says_which_condition_is_wrong(read):
    with pytest.raises(ProtocolError, match=r"conditions\[2\].ratio must be a whole number"):
        read(MINIMAL + "ratio = 0\n")
    with pytest.raises(ProtocolError, match=r"unknown key conditions\[2\].share"):
        read(MINIMAL + "share = 1\n")


@pytest.mark.parametrize("name", ["gradcam", "original"])
def test_it_refuses_condition_names_that_would_be_confused(read, name):
    with pytest.raises(ProtocolError, match="names that differ"):
        read(MINIMAL.replace('"pv"', f'"{name}"'))


def test_it_says_where_the_toml_is_not_valid(read):
    with pytest.raises(
        ProtocolError, match=r"demo.toml, line 2: this is not valid TOML: .+ column"
    ):
        read("\nslug = demo")
    with pytest.raises(ProtocolError, match=r"line 3: .+ at the end of the file"):
        read("\nslug = 1\nseed = [")


def test_it_names_every_problem_of_a_file_at_once_each_with_its_line(read):
    text = """slug = "Demo 1"
titel = "What does the model see?"
stimulus_set = "stimuli"
seed = -1
languages = ["en", "it"]

[texts]
thanks = {en = "Thank you"}

[[conditions]]
name = "pv"
ratio = 0

[[conditions]]
ratio = 1

[[conditions]]
name = "pv"

[checks]
attention_after = [
  1,
  0,
]

[panel]
name = "acme"
required = 1

[[questionnaire]]
title = "About you"
[[questionnaire.questions]]
question = "How old are you?"
kind = "text"
"""
    with pytest.raises(ProtocolError) as caught:
        read(text)
    found = [(problem.line, problem.key) for problem in caught.value.problems]
    assert found == [
        (1, "slug"),
        (1, "title"),
        (2, "titel"),
        (4, "seed"),
        (8, "texts.thanks"),
        (12, "conditions[1].ratio"),
        (14, "conditions[2].name"),
        (18, "conditions[3].name"),
        (23, "checks.attention_after[2]"),
        (27, "panel.name"),
        (28, "panel.required"),
        (32, "questionnaire[1].questions[1].name"),
    ]
    lines = str(caught.value).splitlines()
    assert len(lines) == len(found)
    assert lines[2].endswith(
        "demo.toml, line 2: unknown key titel (did you mean title?); known here are "
        + ", ".join(Protocol.__dataclass_fields__)
        + "."
    )
    assert "line 4: seed must be a whole number from 0 to 9007199254740992, but is -1." in lines[3]


@pytest.mark.parametrize("section", ["assignment", "texts", "panel", "sample", "questionnaire"])
def test_a_section_of_the_wrong_kind_is_one_problem(read, section):
    with pytest.raises(ProtocolError) as caught:
        read(f"{section} = 3\n{MINIMAL}")
    assert [problem.key for problem in caught.value.problems] == [section]


def test_lists_that_cannot_be_read_make_no_further_problems(read):
    text = MINIMAL.replace("seed = 1", 'seed = 1\nlanguages = ["xx"]\ntitle.en = "x"')
    text = text.replace('title = "What does the model see?"\n', "").replace(
        '"pv"', '"pv"\nratio = "2"'
    )
    text += "[assignment]\nmode = 'permuted_blocks'\nblock_sizes = [3]\n"
    with pytest.raises(ProtocolError) as caught:
        read(text)
    found = [problem.key for problem in caught.value.problems]
    assert found == ["languages[1]", "conditions[2].ratio"]


def test_it_says_that_there_is_no_such_file(tmp_path):
    with pytest.raises(ProtocolError, match="cannot be read"):
        read_file(tmp_path / "none.toml")


def test_it_refuses_a_file_that_is_not_text(tmp_path):
    (tmp_path / "demo.toml").write_bytes(b"slug = '\xff\xfe'")
    with pytest.raises(ProtocolError, match="UTF-8"):
        read_file(tmp_path / "demo.toml")


def test_a_blank_line_begins_a_new_paragraph():
    assert paragraphs("\none\ntwo\n\n  three \n") == ["one two", "three"]
