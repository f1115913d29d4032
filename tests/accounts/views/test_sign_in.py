"""Signing in with a password, signing out, and sessions that end."""

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import AuditEntry, Session
from accounts.sign_in import middleware, sessions
from tests.team import PASSWORD, make_user, sign_in

HOME, LOGIN = "/console/", "/console/login/"


class Clock:
    """Stands where the time of day does."""

    def __init__(self) -> None:
        self.now = 1_800_000_000.0

    def time(self) -> float:
        return self.now

    def wait(self, minutes: float) -> None:
        self.now += minutes * 60


@pytest.fixture
def clock(monkeypatch):
    clock = Clock()
    monkeypatch.setattr(middleware, "time", clock)
    monkeypatch.setattr(sessions, "time", clock)
    return clock


@pytest.fixture
def ada(db):
    return make_user("ada")


def actions():
    return list(AuditEntry.objects.order_by("number").values_list("action", flat=True))


def test_name_and_password_lead_to_where_one_wanted_to_go(client, ada):
    response = client.post(
        LOGIN, {"username": "ada", "password": PASSWORD, "next": "/console/audit/"}
    )
    assert response["Location"] == "/console/audit/"
    assert actions() == ["sign_in.done"]


@pytest.mark.parametrize(
    "address",
    [
        "https://elsewhere.example/", "//elsewhere.example", "/\\\\elsewhere.example",
        "https:///elsewhere.example", "javascript:alert(1)", "\t//elsewhere.example",
    ],
)  # fmt: skip
def test_the_way_to_another_site_is_not_followed(client, ada, address):
    data = {"username": "ada", "password": PASSWORD, "next": address}
    assert client.post(LOGIN, data)["Location"] == HOME


def test_a_session_from_before_the_sign_in_is_worth_nothing(client, ada):
    session = client.session
    session["planted"] = "by somebody else"
    session.save()
    planted = client.cookies["sessionid"].value
    client.post(LOGIN, {"username": "ada", "password": PASSWORD})
    assert client.cookies["sessionid"].value != planted
    thief = Client()
    thief.cookies["sessionid"] = planted
    assert thief.get(HOME)["Location"].startswith(LOGIN)


def test_a_wrong_password_is_recorded_for_an_account_and_for_no_other_name(client, ada):
    client.post(LOGIN, {"username": "ada", "password": "wrong"})
    client.post(LOGIN, {"username": "my secret by mistake", "password": "wrong"})
    (entry,) = AuditEntry.objects.all()
    assert (entry.action, entry.subject, entry.actor) == (
        "sign_in.failed", "ada", "nobody signed in"
    )  # fmt: skip


def test_signing_out_is_a_form_and_no_link(client, ada):
    client.force_login(ada)
    assert client.get(reverse("accounts:logout")).status_code == 405
    client.post(reverse("accounts:logout"))
    assert client.get(HOME).status_code == 302
    assert actions() == ["sign_in.done", "sign_in.ended"]


def test_a_session_ends_when_no_page_was_opened_for_long(client, ada, clock, settings):
    settings.SESSION_IDLE_MINUTES = 30
    client.force_login(ada)
    clock.wait(minutes=29)
    assert client.get(HOME).status_code == 200
    clock.wait(minutes=29)
    assert client.get(HOME).status_code == 200
    clock.wait(minutes=30)
    page = client.get(HOME, follow=True).content.decode()
    assert "after 30 minutes without opening a page" in page
    assert Session.objects.filter(user=ada).count() == 0


def test_a_page_that_updates_itself_keeps_no_session_alive(client, ada, clock, settings):
    settings.SESSION_IDLE_MINUTES = 30
    client.force_login(ada)
    for _ in range(2):
        clock.wait(minutes=16)
        client.get(reverse("builds:list"), headers={"Sec-Fetch-Mode": "cors"})
    assert client.get(HOME).status_code == 302


def test_a_session_ends_some_hours_after_the_sign_in_however_busy_it_is(
    client, ada, clock, settings
):
    settings.SESSION_HOURS = 2
    client.force_login(ada)
    for _ in range(7):
        clock.wait(minutes=15)
        assert client.get(HOME).status_code == 200
    clock.wait(minutes=15)
    assert "2 hours after signing in" in client.get(HOME, follow=True).content.decode()


def test_the_time_of_the_last_page_is_written_once_a_minute_at_most(
    client, ada, clock, django_assert_max_num_queries
):
    client.force_login(ada)
    clock.wait(minutes=0.5)
    # The session, the user, the studies.
    with django_assert_max_num_queries(3) as queries:
        client.get(HOME)
    assert not [query for query in queries.captured_queries if "UPDATE" in query["sql"]]


def test_participants_have_no_session(client, survey):
    client.get(f"/s/{survey.slug}/")
    assert "sessionid" not in client.cookies
    assert Session.objects.count() == 0


def test_signing_out_everywhere_ends_every_session_of_this_account_only(ada):
    laptop, phone, ben = sign_in(ada), sign_in(ada), sign_in(make_user("ben"))
    page = laptop.post(reverse("accounts:sign_out_of_all"), follow=True).content.decode()
    assert "You are signed out everywhere." in page
    assert phone.get(HOME).status_code == 302
    assert ben.get(HOME).status_code == 200


def test_a_closed_account_gets_the_same_message_as_a_wrong_password(client, ada):
    ada.is_active = False
    ada.save()
    page = client.post(LOGIN, {"username": "ada", "password": PASSWORD}).content.decode()
    assert "Wrong name or password" in page
