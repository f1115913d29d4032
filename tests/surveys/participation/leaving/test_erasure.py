"""What one person gave is erased on request; panels' ids go some days after closing."""

from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from accounts.audit.chain import find_tampering
from accounts.models import AuditEntry
from surveys.checks.stored_data import find_problems
from surveys.models import Event, PanelIdentity, Response, Survey, Trial
from surveys.participation.leaving.withdrawal import hashed_panel_id
from surveys.participation.sql import writes
from surveys.studies.lifecycle.publishing import close_survey
from tests.factories import make_survey
from tests.surveys.everything import EVERYTHING
from tests.surveys.visitor import Visitor

PERSON, OTHER = "worker-1", "worker-2"


@pytest.fixture
def study(db, tmp_path):
    survey = make_survey(tmp_path, more=EVERYTHING)
    for panel_id in (PERSON, OTHER):
        visitor = Visitor(survey.slug)
        visitor.arrive(f"?PROLIFIC_PID={panel_id}")
        visitor.finish()
    return survey


def erase(survey, **who):
    call_command("erase_participant", survey.slug, **who)


def holdings(survey):
    people = survey.participants.order_by("number")
    kinds = {Response: "trial__participant", Trial: "participant", Event: "participant"}
    return [
        [kind._default_manager.filter(**{path: person}).count() for kind, path in kinds.items()]
        for person in people
    ]


def test_a_panels_id_erases_the_whole_person_and_nobody_else(study):
    before = holdings(study)
    erase(study, panel_id=PERSON)
    assert holdings(study) == [[0, 0, 0], before[1]]
    kept = hashed_panel_id(study.pk, PERSON)
    assert set(PanelIdentity.objects.values_list("panel_id", flat=True)) == {OTHER, kept}
    assert [bool(p.withdrawn_at) for p in study.participants.order_by("number")] == [True, False]
    study.refresh_from_db()
    assert list(find_problems(study)) == []


def test_all_that_is_deleted_is_one_statement_on_a_server(study):
    deleting = []

    def note(execute, sql, *rest):
        deleting.extend(line for line in [sql] if "delete from" in line)
        return execute(sql, *rest)

    with connection.execute_wrapper(note):
        erase(study, panel_id=PERSON)
    assert len(deleting) == (1 if connection.vendor == "postgresql" else len(writes.ERASE))
    assert all(any(part in sql for sql in deleting) for part in writes.ERASE)


def test_the_token_in_the_cookie_does_the_same(study):
    erase(study, token=study.participants.get(number=2).token)
    assert holdings(study)[1] == [0, 0, 0]


def test_the_audit_log_says_that_somebody_was_erased_and_not_who(study):
    erase(study, panel_id=PERSON)
    entry = AuditEntry.objects.first()
    assert (entry.actor, entry.action, entry.subject) == (
        "the command line", "survey.erased", study.slug)  # fmt: skip
    assert entry.details == {"participants": 1, "named_by": "panel id"}
    assert find_tampering() == []


@pytest.mark.parametrize("who", [{"panel_id": "nobody"}, {"token": "nobody"}])
def test_somebody_unknown_is_an_error_that_does_not_repeat_the_name(study, who):
    n_entries = AuditEntry.objects.count()
    with pytest.raises(CommandError, match=r"No participant of 'shapes' has this (panel id|token)"):
        erase(study, **who)
    assert AuditEntry.objects.count() == n_entries


def test_nobody_is_erased_twice(study):
    token = study.participants.get(number=1).token
    erase(study, token=token)
    with pytest.raises(CommandError, match="was erased already"):
        erase(study, token=token)


def closed(survey, days):
    close_survey(survey, "a test")
    survey.refresh_from_db()
    Survey.objects.filter(pk=survey.pk).update(closed_at=survey.closed_at - timedelta(days=days))


@pytest.mark.parametrize(("days_ago", "left"), [(29, 2), (31, 0)])
def test_panel_ids_go_after_the_days_that_the_setting_says(study, settings, days_ago, left):
    settings.PANEL_ID_DAYS = 30
    before = holdings(study)
    closed(study, days_ago)
    call_command("apply_retention")
    assert PanelIdentity.objects.count() == left
    assert holdings(study) == before
    assert list(find_problems(study)) == []


def test_what_retention_removed_is_in_the_audit_log_once(study, settings):
    settings.PANEL_ID_DAYS = 30
    closed(study, 31)
    for _ in range(2):
        call_command("apply_retention")
    entries = AuditEntry.objects.filter(action="survey.erased")
    assert [entry.details for entry in entries] == [{"panel_ids": 2, "after_days": 30}]


def test_an_open_study_keeps_them_and_so_does_a_setting_of_zero(study, capsys):
    call_command("apply_retention", days=1)
    closed(study, 400)
    call_command("apply_retention")
    assert "PANEL_ID_DAYS is 0" in capsys.readouterr().out
    assert PanelIdentity.objects.count() == 2
