"""Roles in a study: who sees it, who changes it, and that it always has an owner."""

import pytest
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command

from accounts.models import AuditEntry
from surveys.errors import LoadError, MembershipError
from surveys.models import Membership, Role, Survey
from surveys.studies.protocols.loading import load_study
from surveys.studies.team.membership import give_role, remove_member, role_of, surveys_of
from tests.factories import make_protocol, make_stimulus_folder, make_survey
from tests.team import make_user, sign_in


def person(name):
    return User.objects.get(username=name)


@pytest.mark.parametrize(
    ("one", "other", "includes"),
    [
        (Role.OWNER, Role.VIEWER, True),
        (Role.EDITOR, Role.EDITOR, True),
        (Role.VIEWER, Role.EDITOR, False),
    ],
)
def test_a_greater_role_includes_the_smaller(one, other, includes):
    assert one.includes(other) == includes


def test_each_finds_their_own_studies_only(team, survey, tmp_path):
    other = make_survey(tmp_path, "other")
    give_role(other, person("dee"), Role.VIEWER, "a test")
    shown = {
        name: {row.survey.slug for row in getattr(team, name).get("/console/").context["rows"]}
        for name in ("ada", "cy", "dee")
    }
    assert shown == {"ada": {"shapes"}, "cy": {"shapes"}, "dee": {"other"}}


def test_an_administrator_has_every_role_everywhere(survey, researcher):
    rosa = person("rosa")
    assert role_of(rosa, survey) == Role.OWNER
    assert list(surveys_of(rosa)) == [survey]


def test_a_viewer_looks_and_finds_no_button(team, survey):
    page = team.cy.get(f"/console/surveys/{survey.slug}/").content.decode()
    assert "Close the study" not in page
    assert "Close the study" in team.ben.get(f"/console/surveys/{survey.slug}/").content.decode()


def test_an_editor_closes_the_study_and_the_log_names_them(team, survey):
    team.ben.post(f"/console/surveys/{survey.slug}/status/", {"status": "closed"})
    entry = AuditEntry.objects.first()
    assert (entry.actor, entry.action, entry.subject) == ("ben", "survey.closed", "shapes")


def test_a_viewer_cannot_close_the_study(team, survey):
    response = team.cy.post(f"/console/surveys/{survey.slug}/status/", {"status": "closed"})
    assert response.status_code == 403
    survey.refresh_from_db()
    assert survey.is_open


def test_the_last_owner_stays_owner(team, survey):
    ada = person("ada")
    for change in (
        lambda: remove_member(survey, ada, ada),
        lambda: give_role(survey, ada, Role.EDITOR, ada),
    ):
        with pytest.raises(MembershipError, match="ada is the only owner of shapes"):
            change()
    give_role(survey, person("ben"), Role.OWNER, ada)
    assert remove_member(survey, ada, ada)
    assert role_of(ada, survey) is None


def test_every_change_of_a_role_is_recorded_and_no_change_is_not(team, survey):
    ada, cy = person("ada"), person("cy")
    assert not give_role(survey, cy, Role.VIEWER, ada)
    assert give_role(survey, cy, Role.EDITOR, ada)
    assert remove_member(survey, cy, ada)
    assert not remove_member(survey, cy, ada)
    logged = AuditEntry.objects.filter(actor="ada", action__startswith="role.")
    assert [(entry.action, entry.details) for entry in logged.order_by("number")] == [
        ("role.changed", {"user": "cy", "role": "editor", "earlier": "viewer"}),
        ("role.removed", {"user": "cy", "earlier": "editor"}),
    ]


def test_a_study_of_the_command_line_has_the_owner_it_is_given(db, tmp_path):
    ada = make_user("ada")
    survey = make_survey(tmp_path, is_open=False)
    assert role_of(ada, survey) is None
    call_command("load_study", str(make_protocol(tmp_path)), owner="ada", verbosity=0)
    assert role_of(ada, survey) == Role.OWNER
    assert sign_in(ada).get(f"/console/surveys/{survey.slug}/").status_code == 200


def test_an_owner_without_an_account_is_named(db, tmp_path):
    make_survey(tmp_path, is_open=False)
    with pytest.raises(CommandError, match="There is no account named 'eve'"):
        call_command("load_study", str(make_protocol(tmp_path)), owner="eve")


def test_a_study_belongs_to_the_researcher_who_loads_it(db, tmp_path):
    ada = make_user("ada")
    make_stimulus_folder(tmp_path / "stimuli")
    survey, _ = load_study(make_protocol(tmp_path), actor=ada)
    assert role_of(ada, survey) == Role.OWNER
    assert AuditEntry.objects.get(action="survey.loaded").actor == "ada"


@pytest.mark.parametrize("name", ["cy", "dee"])
@pytest.mark.parametrize("seed", [7, 8], ids=["same", "changed"])
def test_nobody_takes_over_a_study_by_loading_it(team, survey, tmp_path, name, seed):
    with pytest.raises(LoadError, match="a study that you may not edit; choose another address"):
        load_study(make_protocol(tmp_path, seed=seed), actor=person(name), owner=person(name))
    assert role_of(person(name), survey) != Role.OWNER


def test_an_editor_who_loads_the_protocol_again_stays_an_editor(team, survey, tmp_path):
    load_study(make_protocol(tmp_path), actor=person("ben"))
    assert role_of(person("ben"), survey) == Role.EDITOR


def test_loading_and_changing_a_protocol_are_recorded(db, tmp_path):
    make_survey(tmp_path, is_open=False)
    call_command("load_study", str(make_protocol(tmp_path, seed=8)), verbosity=0)
    logged = AuditEntry.objects.order_by("number")
    assert [entry.action for entry in logged] == ["survey.loaded", "survey.changed"]
    assert logged[1].details["protocol_sha256"] == Survey.objects.get().protocol_sha256


def test_everyone_who_could_sign_in_before_there_were_roles_owns_what_was_there(db, tmp_path):
    from importlib import import_module

    from django.apps import apps

    survey = make_survey(tmp_path)
    make_user("ada")
    make_user("eve", is_active=False)
    migration = import_module("surveys.migrations.0005_owners_of_earlier_studies")
    migration.give_ownership(apps, None)
    (membership,) = Membership.objects.all()
    assert (membership.survey, membership.user.username) == (survey, "ada")
    assert membership.role == Role.OWNER
