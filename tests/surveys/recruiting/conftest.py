"""A study that recruits with Prolific, and Prolific as its documentation describes it."""

import httpx2
import pytest

from surveys.models import PanelIdentity, Survey
from surveys.recruiting.prolific import api
from tests.factories import make_survey
from tests.surveys.recruiting.fake_prolific import TOKEN, FakeProlific
from tests.surveys.visitor import Visitor
from tests.team import Team, make_team

PROLIFIC = """
[panel]
name = "prolific"
required = true
return_url = "https://app.prolific.com/submissions/complete?cc={code}"

[panel.codes]
complete = "C1ABCDEF"
no_consent = "C4ABCDEF"
full = "C5ABCDEF"
partial = "C7ABCDEF"

[assignment]
places = 40
"""


@pytest.fixture
def prolific(settings, monkeypatch) -> FakeProlific:
    """Answers in place of the network, to this token."""
    fake = FakeProlific()
    settings.PROLIFIC_TOKEN = TOKEN
    monkeypatch.setattr(api, "open_transport", lambda: httpx2.MockTransport(fake))
    return fake


@pytest.fixture
def study(db, tmp_path) -> Survey:
    return make_survey(tmp_path, more=PROLIFIC)


@pytest.fixture
def people(study) -> Team:
    """Owner ada, editor ben, viewer cy, stranger dee."""
    return make_team(study)


@pytest.fixture
def come(study):
    """Somebody from Prolific: come("p1", answers=2); all of them by default."""

    def arrive(panel_id: str, answers: int | None = None, study_id: str = "5f0c") -> Visitor:
        visitor = Visitor(study.slug)
        visitor.arrive(f"?PROLIFIC_PID={panel_id}&STUDY_ID={study_id}&SESSION_ID=s-{panel_id}")
        if answers is None:
            visitor.finish()
        else:
            visitor.begin_from_here()
            for _ in range(answers):
                visitor.answer()
        return visitor

    return arrive


def participant_of(panel_id: str):
    return PanelIdentity.objects.get(panel_id=panel_id).participant
