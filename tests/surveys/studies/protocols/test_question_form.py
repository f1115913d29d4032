"""Questions of the questionnaire, written in the console's form instead of in TOML."""

import pytest

from surveys.models import Survey
from surveys.studies.protocols.question_form import question_rows, with_questions
from tests.factories import make_survey
from tests.surveys.everything import QUESTIONNAIRE

EDIT = "/console/surveys/shapes/protocol/edit/"
DRAFT = "/console/surveys/shapes/protocol/draft/"
FIRST = {
    "questions.1.1.question": "How often do you use image recognition?",
    "questions.1.1.kind": "choice",
    "questions.1.1.options": "Daily\r\n\r\nNever ",
    "questions.1.1.required": "yes",
}


@pytest.fixture
def draft(db, tmp_path):
    return make_survey(tmp_path, is_open=False)


def sent(researcher, **more):
    context = researcher.get(EDIT).context
    return {"text": context["text"], "seen": context["seen"], "form": "yes", **more}


def stored():
    return list(Survey.objects.get().protocol.questionnaire)


def test_a_question_of_the_form_is_asked_of_participants(researcher, draft):
    researcher.post(EDIT, sent(researcher, **FIRST, **{"questions.heading": "About you"}))
    (page,) = stored()
    (question,) = page.questions
    assert page.title == "About you"
    assert question.name == "how_often_do_you"
    assert question.options == ("Daily", "Never")
    assert question.required


def test_a_scale_has_two_ends_and_a_text_nothing_to_choose_from(researcher, draft):
    scale = {
        "questions.1.1.question": "How sure were you?",
        "questions.1.1.kind": "scale",
        "questions.1.1.options": "not at all\ncompletely",
    }
    researcher.post(EDIT, sent(researcher, **scale))
    words = {
        "questions.1.2.question": "Anything else?",
        "questions.1.2.kind": "text",
        "questions.1.2.options": "left over",
    }
    researcher.post(EDIT, sent(researcher, **scale, **words))
    first, second = stored()[0].questions
    assert (first.low, first.high) == ("not at all", "completely")
    assert (second.kind, second.options) == ("text", ())


def test_the_form_sent_twice_adds_its_question_once(draft):
    once = with_questions('title = "x"\n', FIRST)
    assert with_questions(once, FIRST) == once
    assert len(question_rows(once)) == 2


def test_two_questions_with_the_same_words_have_two_names():
    text = with_questions("", FIRST)
    again = {key.replace("1.1", "1.2"): value for key, value in FIRST.items()}
    names = [row.name for row in question_rows(with_questions(text, again))]
    assert names == ["how_often_do_you", "how_often_do_you_2", ""]


def test_a_question_that_begins_with_a_digit_or_another_script_has_a_valid_name():
    for words in ("3D films: how many?", "年齢は？"):
        text = with_questions("", {**FIRST, "questions.1.1.question": words})
        assert question_rows(text)[0].name.startswith("question")


def test_a_changed_question_keeps_its_name_its_comments_and_its_other_keys():
    text = QUESTIONNAIRE.replace('name = "hard"', 'name = "hard" # as in the pilot')
    changed = {
        "questions.2.1.question": "How difficult was it?",
        "questions.2.1.kind": "scale",
        "questions.2.1.options": "easy\nhard",
        "questions.2.1.required": "yes",
    }
    after = with_questions(text, changed)
    assert after == text.replace("How hard was it?", "How difficult was it?")


def test_rows_that_are_sent_unchanged_leave_the_text_as_it_is():
    unchanged = {
        f"{row.key}.{part}": value
        for row in question_rows(QUESTIONNAIRE)
        for part, value in (
            ("question", row.question), ("kind", row.kind), ("options", row.options),
            ("required", "yes" if row.required else ""),
        )
    }  # fmt: skip
    assert with_questions(QUESTIONNAIRE, unchanged) == QUESTIONNAIRE


def test_removed_questions_go_and_take_an_empty_page_with_them():
    gone = {f"questions.1.{n}.{part}": "yes" for n in (1, 2) for part in ("question", "remove")}
    kept = {f"questions.2.1.{part}": "yes" for part in ("question", "remove")}
    names = [row.name for row in question_rows(with_questions(QUESTIONNAIRE, gone | kept))]
    assert names == ["remarks", ""]


def test_typing_removes_nothing_until_the_form_is_saved(researcher, draft):
    researcher.post(EDIT, sent(researcher, **FIRST))
    marked = sent(researcher, **FIRST, **{"questions.1.1.remove": "yes"})
    assert "how_often" in researcher.post(DRAFT, marked).json()["text"]
    researcher.post(EDIT, marked)
    assert stored() == []


def test_a_question_in_several_languages_or_of_another_kind_is_left_to_the_text():
    text = QUESTIONNAIRE.replace('"How hard was it?"', '{en = "How hard?", it = "Quanto?"}')
    text = text.replace('kind = "text"', 'kind = "ranking"')
    rows = {row.name: row for row in question_rows(text)}
    assert rows["hard"].elsewhere
    assert rows["remarks"].elsewhere
    assert with_questions(text, {"questions.2.1.question": "Other"}) == text


@pytest.mark.parametrize(
    "text", ["not TOML at all =", "questionnaire = 3\n", "questionnaire = [1]\n"]
)
def test_a_text_that_cannot_be_read_comes_back_as_it_was(text):
    assert with_questions(text, {}) == text
    assert len(question_rows(text)) == 1
