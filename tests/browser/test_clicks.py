"""How many clicks lead from somebody else's study to an opened one of one's own."""

import pytest

from surveys.models import Survey
from tests.browser.pressing import press
from tests.factories import make_survey

pytestmark = pytest.mark.django_db(transaction=True)
MOST_CLICKS, MOST_CLICKS_TO_A_REPORT = 25, 12
PATIENCE = 180_000
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

    def choose(label, option):
        """Two clicks: on the field, and on what it offers."""
        nonlocal clicks
        clicks += 2
        page.get_by_label(label, exact=True).select_option(label=option)

    page.goto("/console/")
    click(page.get_by_role("link", name="New study"))
    choose("Begin with", "Copy of What does the model see? (shapes)")
    save("Begin")
    page.get_by_label("Address", exact=True).fill("my-study")
    save("Check the protocol")
    save("Create the study")
    page.get_by_label("Title", exact=True).fill("My own study")
    choose("Recruit with", "Prolific")
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
    assert study.slug == "my-study"
    assert len(study.protocol.conditions) == 3
    assert len(study.protocol.questionnaire) == 1
    assert clicks <= MOST_CLICKS - 10


def test_a_finished_report_with_bots_comes_from_an_opened_study(sign_in, tmp_path, settings):
    settings.REPORTS_DIR = tmp_path / "reports"
    make_survey(tmp_path, n_wrong=1, n_right=1)
    page, clicks = sign_in(), 0
    # The worker's tasks run in the request here.
    page.set_default_timeout(PATIENCE)
    page.set_default_navigation_timeout(PATIENCE)

    def click(control):
        nonlocal clicks
        clicks += 1
        press(control)

    page.goto("/console/surveys/shapes/")
    for name in ("Run", "Bots"):
        click(page.get_by_role("link", name=name, exact=True))
    page.get_by_label("Number of bots").fill("6")
    click(page.get_by_role("button", name="Start the bots"))
    click(page.get_by_role("link", name="Overview", exact=True))
    page.get_by_text("Close the study…").click()
    clicks += 1
    click(page.get_by_role("button", name="Close the study", exact=True))
    click(page.get_by_role("link", name="Unblind", exact=False).first)
    page.get_by_label("Type shapes to confirm").fill("shapes")
    click(page.get_by_role("button", name="Unblind the study for good"))
    click(page.get_by_role("link", name="Build the report…"))
    click(page.get_by_role("button", name="Build a report"))
    click(page.get_by_role("link", name="Read the report").first)
    assert page.get_by_text("Simulated data.").is_visible()
    assert clicks <= MOST_CLICKS_TO_A_REPORT
