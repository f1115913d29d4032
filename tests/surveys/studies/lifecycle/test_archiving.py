"""Studies are put away, and drafts deleted; nothing that has data is lost."""

import pytest

from accounts.models import AuditEntry
from surveys.errors import StatusError
from surveys.models import Survey
from surveys.studies.lifecycle.archiving import archive, delete_draft, may_be_deleted
from surveys.studies.lifecycle.pilots import start_pilot
from surveys.studies.lifecycle.publishing import close_survey
from tests.factories import make_survey

ADDRESS = "/console/surveys/shapes/put-away/"


def test_an_archived_study_leaves_the_list_and_can_be_restored(researcher, survey):
    close_survey(survey)
    researcher.post(ADDRESS, {"do": "archive"})
    assert researcher.get("/console/").context["rows"] == []
    assert len(researcher.get("/console/?archived=yes").context["rows"]) == 1
    researcher.post(ADDRESS, {"do": "restore"})
    assert len(researcher.get("/console/").context["rows"]) == 1
    actions = AuditEntry.objects.order_by("-number").values_list("action", flat=True)[:2]
    assert list(actions) == ["survey.restored", "survey.archived"]


def test_an_open_study_is_not_archived(survey):
    with pytest.raises(StatusError, match="close it before"):
        archive(survey, "a test")


def test_a_draft_is_deleted_and_the_log_keeps_it(researcher, tmp_path, db):
    make_survey(tmp_path, is_open=False)
    assert "Delete the draft" in researcher.get("/console/surveys/shapes/").content.decode()
    researcher.post(ADDRESS, {"do": "delete"})
    assert not Survey.objects.exists()
    assert AuditEntry.objects.latest("number").action == "survey.deleted"


def test_what_was_opened_or_piloted_is_not_deleted(survey, tmp_path):
    with pytest.raises(StatusError, match="archive it instead"):
        delete_draft(survey, "a test")
    piloted = make_survey(tmp_path, "other", is_open=False)
    assert may_be_deleted(piloted)
    start_pilot(piloted, "a test")
    assert not may_be_deleted(piloted)


def test_only_owners_put_a_study_away(team):
    assert team.ben.post(ADDRESS, {"do": "archive"}).status_code == 403
