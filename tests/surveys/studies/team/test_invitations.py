"""An owner invites: the link works once, for a while, unless it is revoked."""

import re
from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.db.models import F
from django.test import Client
from django.urls import reverse

from accounts.models import AuditEntry
from surveys.errors import InvitationError
from surveys.models import Invitation, Role
from surveys.studies.team.invitations import accept, find_invitation, invite
from surveys.studies.team.membership import role_of

NEW = {
    "username": "eve",
    "password1": "four unusual longer words",
    "password2": "four unusual longer words",
}


@pytest.fixture
def link(team, survey):
    """ada invites an editor."""
    page = team.ada.post(reverse("console:people", args=[survey.slug]), {"role": "editor"})
    return re.search(r"http://testserver(/console/invitations/[^<]+)", page.content.decode())[1]


def role(name, survey):
    return role_of(User.objects.get(username=name), survey)


def logged():
    return set(AuditEntry.objects.values_list("action", flat=True))


def test_the_link_is_shown_once_and_only_its_hash_is_stored(team, survey, link):
    secret = link.split("/")[-2]
    assert len(secret) == 43
    assert secret not in str(list(Invitation.objects.values()))
    assert secret not in team.ada.get(reverse("console:people", args=[survey.slug])).text
    assert "invitation.made" in logged()


def test_somebody_new_makes_an_account_and_is_in(survey, link):
    newcomer = Client()
    assert "ada invites you to work on the study" in newcomer.get(link).content.decode()
    page = newcomer.post(link, NEW, follow=True).content.decode()
    assert "Welcome. Your role in this study is editor." in page
    assert role("eve", survey) == Role.EDITOR
    assert {"account.created", "invitation.accepted", "role.given"} <= logged()


def test_somebody_with_an_account_accepts_with_it(team, survey, link):
    assert "Accept as dee" in team.dee.get(link).content.decode()
    team.dee.post(link)
    assert role("dee", survey) == Role.EDITOR


def test_looking_at_the_link_accepts_nothing(team, survey, link):
    team.dee.get(link)
    assert role("dee", survey) is None


def test_it_works_once(survey, link):
    Client().post(link, NEW)
    second = Client().post(link, {**NEW, "username": "mallory"})
    assert second.status_code == 410
    assert "was already accepted" in second.content.decode()
    assert not User.objects.filter(username="mallory").exists()


def test_two_who_accept_at_once_are_not_both_in(team, survey):
    secret = invite(survey, Role.VIEWER, User.objects.get(username="ada"))
    seen_by_both = find_invitation(secret)
    accept(seen_by_both, User.objects.get(username="dee"))
    with pytest.raises(InvitationError, match="a moment ago"):
        accept(seen_by_both, User.objects.create_user("eve"))
    assert role("eve", survey) is None


def test_it_expires(survey, link, settings):
    Invitation.objects.update(expires_at=F("expires_at") - timedelta(hours=settings.LINK_HOURS))
    response = Client().post(link, NEW)
    assert "This invitation has expired" in response.content.decode()
    assert not User.objects.filter(username="eve").exists()


def test_a_revoked_one_works_no_more(team, survey, link):
    address = reverse("console:revoke_invitation", args=[survey.slug, Invitation.objects.get().pk])
    assert "no longer works" in team.ada.post(address, follow=True).content.decode()
    assert "was revoked" in Client().get(link).content.decode()
    assert "already accepted or revoked" in team.ada.post(address, follow=True).content.decode()


def test_a_link_that_was_never_made_says_so(db):
    response = Client().get("/console/invitations/made-up/")
    assert response.status_code == 410
    assert "This invitation does not exist" in response.content.decode()


def test_a_weak_password_or_a_taken_name_makes_no_account(survey, link):
    weak = {"username": "eve", "password1": "short", "password2": "short"}
    assert "at least 12 characters" in Client().post(link, weak).content.decode()
    taken = Client().post(link, {**NEW, "username": "Ada"}).content.decode()
    assert "An account named" in taken
    assert User.objects.count() == 4


def test_it_takes_no_role_away(team, survey):
    secret = invite(survey, Role.VIEWER, User.objects.get(username="ada"))
    accept(find_invitation(secret), User.objects.get(username="ben"))
    assert role("ben", survey) == Role.EDITOR


@pytest.mark.parametrize("who", ["ben", "cy"])
def test_only_owners_invite(team, survey, who):
    response = getattr(team, who).post(
        reverse("console:people", args=[survey.slug]), {"role": "owner"}
    )
    assert response.status_code == 403
    assert not Invitation.objects.exists()


def test_an_invitation_of_another_study_cannot_be_revoked(team, survey, tmp_path):
    from tests.factories import make_survey

    other = make_survey(tmp_path, "other")
    invite(other, Role.VIEWER, User.objects.get(username="dee"))
    address = reverse("console:revoke_invitation", args=[survey.slug, Invitation.objects.get().pk])
    assert team.ada.post(address).status_code == 404


def test_the_page_of_people_lists_all_with_forms_for_owners_only(team, survey):
    address = reverse("console:people", args=[survey.slug])
    # The only owner can be neither removed nor made less, so nothing offers it.
    assert team.ada.get(address).text.count('value="remove"') == 2
    assert 'value="remove"' not in team.cy.get(address).text


def change(browser, survey, name, **data):
    user = User.objects.get(username=name)
    address = reverse("console:change_member", args=[survey.slug, user.pk])
    return browser.post(address, data, follow=True).content.decode()


def test_an_owner_changes_roles_and_removes_people(team, survey):
    assert "The role of cy is now editor." in change(
        team.ada, survey, "cy", do="change", role="editor"
    )
    assert "no longer has access to this study" in change(team.ada, survey, "cy", do="remove")
    assert team.cy.get(f"/console/surveys/{survey.slug}/").status_code == 404


def test_the_page_says_why_the_last_owner_stays(team, survey):
    assert "ada is the only owner" in change(team.ada, survey, "ada", do="remove")
    assert "Nothing was changed." in change(team.ada, survey, "ada", do="change", role="king")


def test_an_owner_who_leaves_is_led_home(team, survey):
    change(team.ada, survey, "ben", do="change", role="owner")
    assert "no longer has access to this study" in change(team.ada, survey, "ada", do="remove")


def test_the_page_of_people_takes_few_queries(team, survey, django_assert_max_num_queries):
    ada = User.objects.get(username="ada")
    for _ in range(5):
        invite(survey, Role.VIEWER, ada)
    with django_assert_max_num_queries(7):
        team.ada.get(reverse("console:people", args=[survey.slug]))
