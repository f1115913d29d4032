"""A researcher who writes no TOML adds questions to a study, in a real browser."""

import pytest

from surveys.models import ProtocolDraft, Survey
from tests.browser.inspection import cut_off, violations
from tests.browser.pressing import press
from tests.factories import make_survey

pytestmark = pytest.mark.django_db(transaction=True)
EDIT = "/console/surveys/shapes/protocol/edit/"


def test_two_questions_are_written_in_the_form_and_seen_in_the_preview(sign_in, tmp_path):
    make_survey(tmp_path, n_wrong=1, n_right=1, is_open=False)
    page = sign_in(width=1440)
    page.goto(EDIT)
    page.get_by_label("Question 1", exact=True).fill("How old are you?")
    page.get_by_label("Options of question 1").fill("18 to 29\n30 or older")
    press(page.get_by_role("button", name="Save the form"))
    page.get_by_label("Question 2", exact=True).fill("Anything else?")
    page.get_by_label("Answer to question 2").select_option(label="a text of their own")
    press(page.get_by_role("button", name="Save the form"))
    (stored,) = Survey.objects.get().protocol.questionnaire
    assert [question.kind for question in stored.questions] == ["choice", "text"]
    page.get_by_label("Page", exact=True).select_option(label="Questionnaire")
    preview = page.frame_locator("iframe[name=preview]")
    preview.get_by_text("30 or older").wait_for()
    assert violations(page) == []
    assert cut_off(page) == []


def test_what_is_saved_at_once_is_not_called_unsaved(sign_in, tmp_path):
    """The draft of what was typed is on its way when the form is saved."""
    make_survey(tmp_path, n_wrong=1, n_right=1, is_open=False)
    page = sign_in()
    page.goto(EDIT)
    page.get_by_label("Title", exact=True).fill("Shapes seen")
    page.get_by_label("Information", exact=True).fill("First.\n\nSecond.")
    press(page.get_by_role("button", name="Save the form"))
    assert page.get_by_text("Saved.").is_visible()
    assert page.get_by_role("button", name="Discard it").count() == 0
    assert not ProtocolDraft.objects.exists()


def test_the_preview_fills_the_width_it_has_and_scrolls_only_inside(sign_in, tmp_path):
    make_survey(tmp_path, n_wrong=1, n_right=1, is_open=False)
    page = sign_in(width=1440)
    page.goto("/console/surveys/shapes/preview/choose/")
    page.get_by_label("Desktop").check()
    window, frame = (page.locator(f".window{inner}").bounding_box() for inner in ("", " iframe"))
    assert 0.95 < frame["width"] / window["width"] < 1.01
    page.goto(EDIT)
    pane = page.locator(".preview-panel")
    assert pane.evaluate("(pane) => pane.scrollHeight <= pane.clientHeight + 1")
