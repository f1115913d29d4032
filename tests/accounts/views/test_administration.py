"""Administrators make accounts, links for passwords, and close accounts, on a page or a command."""

import re
from io import StringIO

import pytest
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command
from django.urls import reverse
from django_otp.plugins.otp_totp.models import TOTPDevice

from accounts.models import AuditEntry
from tests.accounts.audit.test_passwords import set_password
from tests.team import make_user, sign_in

PAGE = "/console/accounts/"


@pytest.fixture
def ada(db):
    return make_user("ada")


def change(browser, user, do):
    address = reverse("accounts:change_account", args=[user.pk])
    return browser.post(address, {"do": do}, follow=True).content.decode()


def link_in(page):
    return re.search(r"https?://[^/]+(/console/password/[^<\s]+)", page)[1]


def reported():
    return list(AuditEntry.objects.order_by("number").values_list("action", "subject"))


def test_a_new_account_comes_with_a_link_that_lets_its_owner_in(researcher, client):
    page = researcher.post(PAGE, {"name": "ada"}).content.decode()
    ada = User.objects.get(username="ada")
    assert not ada.has_usable_password()
    assert not ada.is_superuser
    set_password(client, link_in(page))
    ada.refresh_from_db()
    assert ada.check_password("four unusual longer words")
    assert reported()[1:3] == [("account.created", "ada"), ("password.link_made", "ada")]


@pytest.mark.parametrize(
    ("name", "sentence"),
    [("ROSA", "An account named &#x27;ROSA&#x27; exists already"), ("a b", "is not a valid name")],
)
def test_a_name_that_cannot_be_is_refused(researcher, name, sentence):
    assert sentence in researcher.post(PAGE, {"name": name}).content.decode()
    assert User.objects.count() == 1


def test_a_closed_account_is_signed_out_and_can_be_reopened(researcher, ada):
    browser = sign_in(ada)
    assert "can no longer sign in" in change(researcher, ada, "close")
    assert browser.get("/console/").status_code == 302
    assert "ada can sign in again." in change(researcher, ada, "reopen")
    ada.refresh_from_db()
    assert ada.is_active
    assert ("account.closed", "ada") in reported()
    assert ("account.reopened", "ada") in reported()


def test_nobody_closes_their_own_account(researcher):
    rosa = User.objects.get(username="rosa")
    assert "You cannot close your own account" in change(researcher, rosa, "close")
    rosa.refresh_from_db()
    assert rosa.is_active


def test_a_lost_second_factor_is_removed_and_the_account_signed_out(researcher, ada):
    TOTPDevice.objects.create(user=ada)
    browser = sign_in(ada)
    assert "ada now signs in by password alone." in change(researcher, ada, "forget_app")
    assert TOTPDevice.objects.count() == 0
    assert browser.get("/console/").status_code == 302


def test_a_button_that_does_not_exist_changes_nothing(researcher, ada):
    assert "Nothing was changed." in change(researcher, ada, "promote")


def test_the_list_takes_few_queries(researcher, django_assert_max_num_queries):
    for name in "abcdefgh":
        make_user(name)
    with django_assert_max_num_queries(3):
        researcher.get(PAGE)


def run(*arguments, **options):
    out = StringIO()
    call_command(*arguments, stdout=out, **options)
    return out.getvalue()


def test_the_command_makes_an_account_and_prints_its_link(client, db):
    set_password(client, link_in(run("create_researcher", "ada")))
    ada = User.objects.get()
    assert ada.check_password("four unusual longer words")
    assert not ada.is_superuser
    assert AuditEntry.objects.order_by("number")[0].actor == "the command line"


def test_the_command_makes_an_administrator(db):
    run("create_researcher", "ada", administrator=True)
    assert User.objects.get().is_superuser


def test_the_command_refuses_a_name_that_is_taken(ada):
    with pytest.raises(CommandError, match="An account named 'Ada' exists already"):
        run("create_researcher", "Ada")


def test_the_command_prints_a_link_for_a_forgotten_password(client, ada):
    TOTPDevice.objects.create(user=ada)
    set_password(client, link_in(run("password_link", "ada", forget_second_factor=True)))
    ada.refresh_from_db()
    assert ada.check_password("four unusual longer words")
    assert TOTPDevice.objects.count() == 0


def test_the_command_names_an_account_that_does_not_exist(db):
    with pytest.raises(CommandError, match="create it with create_researcher eve"):
        run("password_link", "eve")
