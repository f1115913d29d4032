"""Questions of the questionnaire in the console's form, for those who write no TOML.

A question is known by its page and its position there. A row that is sent for a position beyond the
last one adds a question, so the same form sent twice adds it once.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from itertools import count
from typing import Any

import tomlkit
from tomlkit.exceptions import TOMLKitError

from surveys.studies.protocols.list_form import REMOVE

# What a question asks for, as the form names it; a ranking or a slider is written in the text.
KINDS = (
    ("choice", "one of the options"),
    ("several", "several of the options"),
    ("scale", "a scale"),
    ("text", "a text of their own"),
)
HEADING = "A few questions"
# Words of a question that name its answer in the data.
NAME_WORDS, LONGEST_NAME = 4, 40
ROW = re.compile(r"questions\.([1-9]\d?)\.([1-9]\d{0,2})\.question")


@dataclass(frozen=True)
class QuestionRow:
    """A question as the form shows it; a spare row has no words yet."""

    page: int
    number: int
    question: str = ""
    kind: str = "choice"
    # One per line; of a scale, what its two ends mean.
    options: str = ""
    required: bool = False
    name: str = ""
    # Why the form cannot change it; empty where it can.
    elsewhere: str = ""

    @property
    def key(self) -> str:
        return f"questions.{self.page}.{self.number}"

    @property
    def is_spare(self) -> bool:
        return not self.name and not self.elsewhere


def question_rows(text: str) -> list[QuestionRow]:
    """The questions of the text, and a spare row for one more."""
    pages = _pages(_parsed(text))
    rows = [
        _row(page, number, question)
        for page, table in enumerate(pages, start=1)
        for number, question in enumerate(table.get("questions", ()), start=1)
    ]
    page = max(len(pages), 1)
    used = sum(row.page == page for row in rows)
    return [*rows, QuestionRow(page, used + 1)]


def questions_heading(text: str) -> str:
    """The heading of the page that the form adds questions to; empty for one in languages."""
    pages = _pages(_parsed(text))
    heading = pages[-1].get("title", "") if pages else HEADING
    return heading if isinstance(heading, str) else ""


def _row(page: int, number: int, question: Mapping[str, Any]) -> QuestionRow:
    kind, words = str(question.get("kind", "choice")), question.get("question", "")
    lines = (
        [question.get("low", ""), question.get("high", "")]
        if kind == "scale"
        else question.get("options", ())
    )
    name = str(question.get("name", ""))
    elsewhere = ""
    if any(isinstance(each, Mapping) for each in (words, *lines)):
        elsewhere = "It has several languages; change it in the text below."
    elif kind not in dict(KINDS):
        elsewhere = f"Its kind is {kind}; change it in the text below."
    options = "\n".join(str(line) for line in lines).strip()
    if elsewhere:
        return QuestionRow(page, number, name, name=name, elsewhere=elsewhere)
    required = bool(question.get("required", False))
    return QuestionRow(page, number, str(words).strip(), kind, options, required, name)


def with_questions(text: str, sent: Mapping[str, str]) -> str:
    """The text with the questions that the form sent; unchanged where it is no TOML."""
    document = _parsed(text)
    before = {row.key: row for row in question_rows(text)}
    places = (match for key in sent if (match := ROW.fullmatch(key)))
    rows = [_given(int(match[1]), int(match[2]), sent) for match in places]
    is_changed = False
    for row in sorted(rows, key=lambda each: (each.page, each.number)):
        known = before.get(row.key, QuestionRow(row.page, row.number))
        if row.question and not known.elsewhere and row != replace(known, name=""):
            _write(document, row)
            is_changed = True
    gone = [row for row in rows if f"{row.key}.{REMOVE}" in sent]
    is_changed |= _write_heading(document, sent)
    # From the end, so that the places of the others stay.
    for row in sorted(gone, key=lambda each: (each.page, each.number), reverse=True):
        is_changed |= _remove(document, row)
    return tomlkit.dumps(document) if is_changed else text


def _given(page: int, number: int, sent: Mapping[str, str]) -> QuestionRow:
    key = f"questions.{page}.{number}"

    def value(part: str) -> str:
        return sent.get(f"{key}.{part}", "").replace("\r\n", "\n").strip()

    lines = [line.strip() for line in value("options").splitlines() if line.strip()]
    kind = value("kind") or "choice"
    # A text has nothing to choose from.
    options = "" if kind == "text" else "\n".join(lines)
    return QuestionRow(page, number, value("question"), kind, options, bool(value("required")))


def _write(document: Any, row: QuestionRow) -> None:
    """Change the question at the row's place, or add one after the last."""
    if not _pages(document):
        page = tomlkit.table()
        page["title"] = HEADING
        page["questions"] = tomlkit.aot()
        document["questionnaire"] = tomlkit.aot()
        document["questionnaire"].append(page)
    questions = document["questionnaire"][row.page - 1]["questions"]
    if row.number <= len(questions):
        _fill(questions[row.number - 1], row)
        return
    table = tomlkit.table()
    table["name"] = _free_name(row.question, document)
    _fill(table, row)
    questions.append(table)


def _fill(question: Any, row: QuestionRow) -> None:
    lines = row.options.splitlines()
    is_scale = row.kind == "scale"
    values = {
        "question": row.question,
        "kind": row.kind,
        "options": None if is_scale else lines or None,
        "low": lines[0] if is_scale and lines else None,
        "high": lines[-1] if is_scale and lines[1:] else None,
        "required": row.required or None,
    }
    for key, value in values.items():
        if value is None:
            question.pop(key, None)
        else:
            question[key] = value


def _free_name(question: str, document: Any) -> str:
    """A name for the answer in the data, from the question's first words."""
    words = re.findall(r"[a-z0-9]+", question.lower())[:NAME_WORDS]
    stem = "_".join(words)[:LONGEST_NAME].strip("_")
    stem = stem if stem[:1].isalpha() else f"question_{stem}".rstrip("_")
    taken = {str(each.get("name")) for page in _pages(document) for each in page["questions"]}
    names = (stem if n == 1 else f"{stem}_{n}" for n in count(1))
    return next(name for name in names if name not in taken)


def _write_heading(document: Any, sent: Mapping[str, str]) -> bool:
    """Whether the heading of the last page was changed."""
    pages, heading = _pages(document), sent.get("questions.heading", "").strip()
    if not pages or not heading or not isinstance(pages[-1].get("title", ""), str):
        return False
    if pages[-1].get("title", "") == heading:
        return False
    pages[-1]["title"] = heading
    return True


def _remove(document: Any, row: QuestionRow) -> bool:
    """Whether there was a question at the row's place; a page goes with its last question."""
    pages = _pages(document)
    questions = pages[row.page - 1].get("questions", []) if row.page <= len(pages) else []
    if row.number > len(questions):
        return False
    del questions[row.number - 1]
    if not len(questions):
        del pages[row.page - 1]
    if not len(pages):
        document.remove("questionnaire")
    return True


def _pages(document: Any) -> Any:
    """The pages of the questionnaire; none where the text has something else there."""
    pages = document.get("questionnaire", ())
    is_list = isinstance(pages, list) and all(isinstance(page, Mapping) for page in pages)
    return pages if is_list else ()


def _parsed(text: str) -> Any:
    try:
        return tomlkit.parse(text)
    except TOMLKitError:
        return tomlkit.document()
