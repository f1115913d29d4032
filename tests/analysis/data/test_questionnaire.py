"""Questions are read from the exported protocol as the table of answers names them."""

import pandas as pd
import pytest

from analysis.data.exports import read_questionnaire
from analysis.data.questionnaire import SEVERAL, TEXT, Question, questions_of, with_unknown
from analysis.errors import DataError

TRUST = {
    "name": "trust",
    "question": "Do you\n trust it?",
    "kind": "scale",
    "points": 3,
    "low": "no",
    "high": "yes",
}
AGE = {"name": "age", "question": {"it": "Età?", "en": "Age?"}, "options": [
    {"it": "giovane", "en": "young"}, {"it": "vecchio", "en": "old"}]}  # fmt: skip
PAGES = [
    {"title": "Trust", "name": "trust_page", "questions": [TRUST]},
    {"title": "About you", "questions": [AGE]},
    {"title": "Before", "name": "first", "questions": [{**TRUST, "name": "hope"}]},
]


def test_a_page_after_several_blocks_has_its_questions_once_for_each():
    blocks = [{"name": name, "questionnaire": ["trust_page"]} for name in ("learn", "test")]
    found = questions_of({"questionnaire": PAGES, "blocks": blocks, "before": ["first"]})
    assert [(question.name, question.after) for question in found] == [
        ("hope", "before"), ("learn.trust", "learn"), ("test.trust", "test"), ("age", ""),
    ]  # fmt: skip
    assert found[1].title == "Do you trust it? (1: no, 3: yes), after learn"


def test_a_page_that_nothing_names_comes_at_the_end():
    found = questions_of({"questionnaire": PAGES})
    assert [question.name for question in found] == ["trust", "age", "hope"]
    assert {question.after for question in found} == {""}


def test_options_are_in_the_language_in_which_answers_are_stored():
    [question] = questions_of({"questionnaire": [PAGES[1]]})
    assert (question.wording, question.options) == ("Età?", ("giovane", "vecchio"))


def test_several_options_are_found_even_if_one_has_the_mark_that_joins_them():
    question = Question("use", "What?", SEVERAL, ("Phone", "Laptop; tablet", "PC"))
    assert sorted(question.chosen("Phone;PC")) == ["PC", "Phone"]
    assert sorted(question.chosen("Phone;Laptop; tablet")) == ["Laptop; tablet", "Phone"]
    # From an earlier version of the protocol.
    assert sorted(question.chosen("Phone;Fax")) == ["Fax", "Phone"]


def test_a_question_that_only_the_answers_have_counts_as_text():
    answers = pd.DataFrame({"question": ["trust", "old_name", "old_name"]})
    found = with_unknown(questions_of({"questionnaire": PAGES[:1]}), answers)
    assert [(question.name, question.kind) for question in found] == [
        ("trust", "scale"), ("old_name", TEXT),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("line", "problem"),
    [("p1,age,old", "was already given above"), ("p9,age,old", "a participant of the other table")],
)
def test_a_table_of_answers_that_cannot_be_is_refused(tmp_path, line, problem):
    (tmp_path / "data").mkdir()
    file = tmp_path / "data" / "questionnaire.csv"
    file.write_text(f"participant_id,question,answer\np1,age,young\n{line}\n")
    with pytest.raises(DataError, match=f"questionnaire.csv, line 3.*{problem}"):
        read_questionnaire(tmp_path, pd.DataFrame({"participant_id": ["p1"]}))


def test_an_export_without_the_table_has_no_questionnaire(tmp_path):
    assert read_questionnaire(tmp_path, pd.DataFrame({"participant_id": ["p1"]})) is None
