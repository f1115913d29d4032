"""How many clicks lead from somebody else's study to an opened one of one's own."""

import pytest

from surveys.models import Survey
from tests.browser.pressing import press
from tests.factories import make_survey

pytestmark = pytest.mark.django_db(transaction=True)
MOST_CLICKS = 25
QUESTIONNAIRE = """
[[questionnaire]]
title = "A few words about you"

[[questionnaire.questions]]
name = "experience"
question = "How much do you know about image recognition?"
kind = "scale"
points = 5
low = "nothing"
high = "it is my work"
"""


def test_ones_own_study_with_changed_texts_and_a_questionnaire_is_opened(sign_in, tmp_path):
    make_survey(tmp_path, n_wrong=1, n_right=1, conditions=("gradcam", "pv", "none"))
    page, clicks = sign_in(), 0

    def click(control):
        nonlocal clicks
        clicks += 1
        press(control)

    def save(button):
        click(page.get_by_role("button", name=button))

    page.goto("/console/")
    click(page.get_by_role("link", name="What does the model see?"))
    for name in ("Design", "Protocol", "Duplicate the study…"):
        click(page.get_by_role("link", name=name, exact=True).first)
    save("Check the protocol")
    save("Load the study")
    click(page.get_by_role("link", name="Edit the protocol"))
    page.get_by_label("Title", exact=True).fill("My own study")
    page.get_by_label("Panel", exact=True).fill("prolific")
    page.get_by_label("Completion code", exact=True).fill("C0MPLETE")
    save("Save the form")
    text = page.locator("#text").input_value()
    page.locator(".cm-content").fill(text + QUESTIONNAIRE)
    save("Save the text")
    click(page.get_by_role("link", name="Checks", exact=True))
    save("Open it anyway")
    click(page.get_by_role("link", name="Run", exact=True))
    assert "PROLIFIC_PID" in page.locator("main").inner_text()
    study = Survey.objects.get(title="My own study")
    assert study.is_open
    assert len(study.protocol.conditions) == 3
    assert len(study.protocol.questionnaire) == 1
    assert clicks <= MOST_CLICKS - 10
