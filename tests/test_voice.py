"""The words that the project's English avoids, in every file that somebody reads.

Some of its rules no pattern can find: `before` and `after` without an object, `hold` for contain
where it reads badly, a sentence that is too long. Readers find those.
"""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings

ROOT = Path(settings.BASE_DIR)
ENDINGS = {".py", ".html", ".js", ".md", ".toml", ".po"}
FOLDERS = (
    "accounts", "study", "pv_engine", "surveys", "analysis", "fixtures", "recipes", "protocols",
    "docs", "tests", ".github",
)  # fmt: skip

# Everywhere, in names as well: `tell_progress` counts as `tell`. What to write instead.
WORDS = {
    r"mend(s|ed|ing)?": "fix, correct",
    r"(?<!'t )(?<!’t )(?<!not )(?<!cant_)(?<!cannot_)(?<!\.)tells?": "report, show, say",
    r"so many": "n, the number",
    r"anew": "new, again",
    r"lest": "so that ... not",
    r"whoever": "participants who, anyone who",
    r"thereby": "which",
    r"its like": "one of its kind",
    r"how-?manieth": "position, number",
    r"of before": "previous, earlier",
    r"in hand": "current",
    r"(is|are|was|were|been|not) through(?! (a|an|the|its|it|no)\b)": "finished",
    r"carr(y|ies|ied|ying)(?![- ](on|out|over)\b)": "contain, have, pass on",
    r"holds? (that|it to|all \w+ to|the \w+ to|for|on every)": "asserts, checks, applies to",
    r"held by": "tested by",
    r"take_up|look_again|give_up_claims|no_?place_?left|wrote_?anyway": "a verb of the field",
    r"drop-outs?": "dropout",
    r"arms": "conditions",
}

# In sentences only: one thing has one word, but code, keys and addresses keep their names.
TERMS = {
    # In code, `told` is a key of the protocol.
    r"told": "reported, shown",
    r"survey": "study",
    r"slugs?": "address",
    r"visitors?": "participant, client",
    r"your panel": "Prolific, SONA or MTurk by name",
}

ALLOWED = (
    # A target of make.
    "gpu-carry",
    # Texts of protocols are hashed, so they stay as they are.
    "anything else that tells",
    # Mechanical Turk's own name of a kind of task.
    "survey link",
    "on a jointed arm",
)


def files() -> Iterator[Path]:
    here = Path(__file__)
    found = [each for folder in FOLDERS for each in (ROOT / folder).rglob("*")]
    for file in sorted([*ROOT.glob("*.md"), *ROOT.glob("*.toml"), *found]):
        # What `make editor` fetches is not the project's.
        is_own = "node_modules" not in file.parts
        if file.suffix in ENDINGS and file != here and is_own:
            yield file


def text_of(file: Path) -> str:
    """The file, line for line; of a catalogue of translations only the sources."""
    text = file.read_text(encoding="utf-8")
    if file.suffix == ".po":
        text = re.sub(r'^(#|msgstr).*\n(".*\n)*', blank, text, flags=re.MULTILINE)
    for phrase in ALLOWED:
        text = text.replace(phrase, "")
    return text


def sentences_of(file: Path) -> str:
    """What stands in sentences: without code, links' targets, tags and template code."""
    code = {
        ".md": r"^ *```.*?^ *```|`[^`\n]*`|\]\([^)]*\)|<[^>]*>",
        ".html": r"{%(?! *translate).*?%}|{{.*?}}|<[^>]*>",
        ".po": r"%\(\w+\)s|<[^>]*>",
    }
    if file.suffix not in code:
        return ""
    return re.sub(code[file.suffix], blank, text_of(file), flags=re.MULTILINE | re.DOTALL)


def blank(match: re.Match[str]) -> str:
    """Nothing but the line ends, so that lines keep their numbers."""
    return "\n" * match.group().count("\n")


def find(words: dict[str, str], file: Path, text: str) -> list[str]:
    return [
        f"{file.relative_to(ROOT)}:{text.count(chr(10), 0, match.start()) + 1}: "
        f"“{match.group()}”; better: {better}"
        for word, better in words.items()
        for match in re.finditer(rf"(?<![A-Za-z])(?:{word})(?![A-Za-z])", text, re.IGNORECASE)
    ]


def test_no_text_has_a_word_to_avoid():
    assert [each for file in files() for each in find(WORDS, file, text_of(file))] == []


def test_each_thing_has_one_word_in_sentences():
    assert [each for file in files() for each in find(TERMS, file, sentences_of(file))] == []


@pytest.mark.parametrize(
    ("text", "is_found"),
    [
        ("Whoever comes", True),
        ("def tell_progress():", True),
        ("I just can't tell", False),
        ("cant_tell", False),
        ("all bots are through", True),
        ("sent through the encoder", False),
        ("carry out", False),
        ("recommendation", False),
    ],
)
def test_a_word_is_found_in_names_and_sentences(text, is_found):
    assert bool(find(WORDS, ROOT / "x.py", text)) == is_found
