"""Participants are excluded one by one with a reason, which deletes nothing."""

import csv

import pytest
from django.contrib.auth.models import User
from django.utils import timezone

from accounts.models import AuditEntry
from analysis.data.loading import load_study
from surveys.errors import ExclusionError
from surveys.export.folder import export_study
from surveys.models import Exclusion, Response, Survey
from surveys.participation.leaving.withdrawal import withdraw
from surveys.studies.exclusions import LONGEST_REASON, exclude, include_again


@pytest.fixture
def person(db):
    return User.objects.create_user("eva")


def exported(survey, folder):
    export_study(survey, folder)
    return sorted((folder / "data").glob("*exclusions_data.csv"))


def test_an_exclusion_keeps_why_by_whom_and_when_and_the_log_has_only_the_number(
    survey, cy, person
):
    exclude(cy.participant, person, "  Said\n they guessed. ")
    found = Exclusion.objects.get()
    assert (found.reason, found.by_name, found.while_blind) == ("Said they guessed.", "eva", True)
    entry = AuditEntry.objects.latest("number")
    assert entry.action == "participant.excluded"
    assert "guessed" not in entry.details_json
    assert Response.objects.count() == 4


def test_it_is_said_whether_the_study_was_still_blind(survey, cy, person):
    Survey.objects.update(unblinded_at=timezone.now())
    assert not exclude(cy.participant, person, "Too late.").while_blind


@pytest.mark.parametrize("reason", ["", "  ", "x" * (LONGEST_REASON + 1)])
def test_a_reason_must_be_given_and_short(survey, cy, person, reason):
    with pytest.raises(ExclusionError, match=f"must have 1 to {LONGEST_REASON} characters"):
        exclude(cy.participant, person, reason)


def test_nobody_is_excluded_twice_or_after_withdrawing(survey, ben, cy, person):
    exclude(cy.participant, person, "Once.")
    with pytest.raises(ExclusionError, match="already excluded"):
        exclude(cy.participant, person, "Twice.")
    withdraw(ben.participant)
    with pytest.raises(ExclusionError, match="withdrew"):
        exclude(ben.participant, person, "Gone.")


def test_it_can_be_taken_back_once(survey, cy, person):
    exclude(cy.participant, person, "By mistake.")
    assert include_again(cy.participant, person)
    assert not include_again(cy.participant, person)
    assert AuditEntry.objects.latest("number").action == "participant.included"


def test_who_withdraws_is_no_longer_excluded(survey, cy, person):
    exclude(cy.participant, person, "Names their employer.")
    withdraw(cy.participant)
    assert not Exclusion.objects.exists()


def test_the_export_has_the_reasons_and_no_table_without_any(survey, cy, person, tmp_path):
    assert exported(survey, tmp_path / "before") == []
    exclude(cy.participant, person, "Said they guessed.")
    (file,) = exported(survey, tmp_path / "after")
    with file.open() as lines:
        (row,) = csv.DictReader(lines)
    assert (row["reason"], row["while_blind"]) == ("Said they guessed.", "1")
    assert row["participant_id"].startswith("p-")


def test_the_analysis_knows_whom_the_team_excluded(survey, cy, person):
    assert not load_study(survey.slug).participants["excluded"].any()
    exclude(cy.participant, person, "Said they guessed.")
    assert load_study(survey.slug).participants["excluded"].sum() == 1
