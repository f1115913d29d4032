"""Pages of accounts and people in a real browser: without JavaScript, axe finds nothing."""

import re
from base64 import b32decode

import pytest
from django.contrib.auth.models import User
from django.urls import reverse
from django_otp.oath import TOTP

from accounts.audit.record import COMMAND_LINE, Action, record
from accounts.sign_in.researchers import make_password_link
from surveys.models import Role
from surveys.studies.team.invitations import invite
from tests.browser.inspection import in_each_look, violations
from tests.browser.pressing import press
from tests.factories import make_survey
from tests.team import PASSWORD, make_team

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def survey(db, tmp_path):
    return make_survey(tmp_path)


def too_wide(page):
    return page.evaluate("document.documentElement.scrollWidth > innerWidth")


def look(page, has_javascript):
    """axe needs JavaScript."""
    for seen in in_each_look(page) if has_javascript else ():
        assert not too_wide(page), (seen, page.url)
        assert violations(page) == [], (seen, page.url)


def sign_in(page, base, name):
    page.goto(f"{base}/console/login/")
    page.get_by_label("Name").fill(name)
    page.get_by_label("Password").fill(PASSWORD)
    press(page.locator("main button"))


@pytest.fixture(params=[True, False], ids=["javascript", "no javascript"])
def seat(request, meet, survey, live_server):
    """A page of a browser, the server's address, and a look at the page as it stands."""
    person = meet(survey, width=390, javascript=request.param)
    yield person.page, live_server.url, lambda: look(person.page, request.param)
    assert person.problems == []


def test_the_pages_of_an_account(seat, survey):
    page, base, inspect = seat
    make_team(survey)
    page.goto(f"{base}/console/login/")
    inspect()
    sign_in(page, base, "ada")
    for name in ("account", "change_password", "audit"):
        page.goto(base + reverse(f"accounts:{name}"))
        inspect()
    page.goto(base + reverse("accounts:second_factor"))
    inspect()
    key = b32decode(page.locator(".key").inner_text().replace(" ", ""))
    code = TOTP(key)
    page.get_by_label("The six digits").fill(f"{code.token():06d}")
    page.get_by_label("Your password").fill(PASSWORD)
    press(page.locator("main button"))
    assert page.locator(".codes li").count() == 10
    inspect()
    recovery = page.locator(".codes li").first.inner_text()
    page.goto(base + reverse("accounts:second_factor"))
    inspect()
    press(page.locator(".console-bar button"))
    sign_in(page, base, "ada")
    inspect()
    page.get_by_label("Code").fill(recovery)
    press(page.locator("main button"))
    assert page.url == f"{base}/console/"


def test_the_pages_of_people(seat, survey):
    page, base, inspect = seat
    make_team(survey)
    secret = invite(survey, Role.VIEWER, User.objects.get(username="ada"))
    link = base + reverse("console:invitation", args=[secret])
    page.goto(link)
    inspect()
    sign_in(page, base, "dee")
    page.goto(link)
    inspect()
    press(page.get_by_role("button", name="Accept as dee"))
    inspect()
    page.goto(link)
    assert page.locator("h1").inner_text() == "This invitation does not work"
    inspect()
    page.goto(base + reverse("console:log", args=[survey.slug]))
    assert page.locator("h1").inner_text() == "Not allowed"
    inspect()
    press(page.locator(".console-bar button"))
    sign_in(page, base, "ada")
    for name in ("people", "log"):
        page.goto(base + reverse(f"console:{name}", args=[survey.slug]))
        inspect()
    page.goto(base + reverse("console:people", args=[survey.slug]))
    press(page.get_by_role("button", name="Create a link"))
    assert re.search("/console/invitations/.{43}/", page.locator(".secret").inner_text())
    inspect()


def test_the_pages_of_administrators(seat, survey):
    page, base, inspect = seat
    make_team(survey)
    User.objects.create_superuser("rosa", password=PASSWORD)
    for _ in range(60):
        record(COMMAND_LINE, Action.SURVEY_OPENED, survey, protocol_sha256="ab" * 32)
    sign_in(page, base, "rosa")
    for name in ("accounts", "audit"):
        page.goto(base + reverse(f"accounts:{name}"))
        inspect()
    page.goto(base + reverse("accounts:accounts"))
    press(page.get_by_role("button", name="Create a password link for cy"))
    inspect()


def test_links_and_refusals(seat, survey):
    page, base, inspect = seat
    make_team(survey)
    ada = User.objects.get(username="ada")
    page.goto(base + make_password_link(ada, COMMAND_LINE))
    inspect()
    for label in ("New password", "New password confirmation"):
        page.get_by_label(label, exact=True).fill("short")
    press(page.locator("main button"))
    assert "at least 12 characters" in page.locator(".errorlist").inner_text()
    inspect()
    page.goto(f"{base}/console/password/x/y/")
    inspect()
    for _ in range(5):
        page.goto(f"{base}/console/login/")
        page.get_by_label("Name").fill("ada")
        page.get_by_label("Password").fill("wrong")
        press(page.locator("main button"))
    assert page.locator("h1").inner_text() == "Try again later"
    inspect()
