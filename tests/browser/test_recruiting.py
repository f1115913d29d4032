"""From a protocol to a draft on Prolific, and back to what became of its submissions."""

import httpx2
import pytest

from surveys.recruiting.prolific import api
from tests.browser.inspection import wrong_in_any_look
from tests.browser.pressing import press
from tests.factories import make_survey
from tests.surveys.recruiting.conftest import PROLIFIC
from tests.surveys.recruiting.fake_prolific import TOKEN, FakeProlific
from tests.surveys.visitor import Visitor

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def prolific(settings, monkeypatch):
    fake = FakeProlific()
    settings.PROLIFIC_TOKEN = TOKEN
    monkeypatch.setattr(api, "open_transport", lambda: httpx2.MockTransport(fake))
    return fake


def test_a_draft_is_created_and_its_submissions_compared(sign_in, tmp_path, prolific):
    study = make_survey(tmp_path, more=PROLIFIC)
    page = sign_in()

    def inspect():
        assert wrong_in_any_look(page) == []

    page.goto(f"/console/surveys/{study.slug}/recruit/")
    page.get_by_text("Create a draft", exact=True).click()
    page.get_by_label("Description").fill("Name what a model sees.")
    page.get_by_label("Estimated time in minutes").fill("12")
    page.get_by_label("Reward").fill("1.50")
    inspect()
    press(page.get_by_role("button", name="Create the draft on Prolific"))
    assert "The draft is on Prolific" in page.get_by_role("status").inner_text()
    (study_id,) = prolific.studies
    visitor = Visitor(study.slug)
    visitor.arrive(f"?PROLIFIC_PID=back&STUDY_ID={study_id}&SESSION_ID=s")
    visitor.begin_from_here()
    prolific.submit(study_id, "back", "RETURNED")
    prolific.submit(study_id, "odd", "APPROVED", "C1ABCDEF")
    press(page.get_by_role("button", name="Compare submissions"))
    inspect()
    press(page.get_by_role("button", name="Give back 1 place"))
    assert "their places are free" in page.get_by_role("status").inner_text()
    press(page.get_by_role("button", name="Pause on Prolific"))
    assert "cannot be changed so" in page.get_by_role("status").inner_text()
    inspect()
