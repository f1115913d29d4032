"""Passwords cannot be guessed: failures are counted by account and address, in the database."""

from datetime import timedelta

import pytest
from axes.models import AccessAttempt, AccessLog
from django.db.models import F

from accounts.models import AuditEntry
from tests.team import PASSWORD, make_user

LOGIN = "/console/login/"


@pytest.fixture
def ada(db):
    return make_user("ada")


def attempt(client, password, name="ada", address="198.51.100.7", **headers):
    data = {"username": name, "password": password}
    return client.post(LOGIN, data, REMOTE_ADDR=address, headers=headers)


def fail(client, times, **more):
    for _ in range(times):
        response = attempt(client, "wrong", **more)
    return response


def test_the_fifth_failure_locks_even_the_right_password_out_and_says_until_when(client, ada):
    assert fail(client, 4).status_code == 200
    response = fail(client, 1)
    assert response.status_code == 429
    until = AccessAttempt.objects.get().attempt_time + timedelta(minutes=15)
    page = attempt(client, PASSWORD).content.decode()
    assert "Too many wrong passwords." in page
    assert f"{until:%H:%M} UTC" in page
    assert client.get("/console/").status_code == 302


def test_it_ends_after_the_wait(client, ada):
    fail(client, 5)
    AccessAttempt.objects.update(attempt_time=F("attempt_time") - timedelta(minutes=16))
    assert attempt(client, PASSWORD).status_code == 302
    assert AccessAttempt.objects.count() == 0


def test_tries_while_locked_out_do_not_lengthen_it_and_fill_no_log(client, ada):
    fail(client, 5)
    before = AccessAttempt.objects.get().attempt_time
    fail(client, 10)
    assert AccessAttempt.objects.get().attempt_time == before
    reported = sorted(AuditEntry.objects.values_list("action", flat=True))
    assert reported == ["sign_in.failed"] * 5 + ["sign_in.locked_out"]


def test_somebody_elsewhere_is_not_locked_out_by_it(client, ada):
    fail(client, 5)
    assert attempt(client, PASSWORD, address="203.0.113.9").status_code == 302


def test_another_browser_at_the_same_address_counts_on(client, ada):
    fail(client, 3, **{"User-Agent": "one"})
    assert fail(client, 2, **{"User-Agent": "two"}).status_code == 429


def test_a_right_password_starts_the_count_again(client, ada):
    fail(client, 4)
    attempt(client, PASSWORD)
    assert fail(client, 4).status_code == 200


def test_an_address_that_tries_many_names_is_locked_for_all(client, ada, settings):
    settings.LOGIN_FAILURES_PER_ADDRESS = 6
    for name in "abcdef":
        attempt(client, "wrong", name=name)
    assert attempt(client, PASSWORD).status_code == 429
    assert attempt(client, PASSWORD, address="203.0.113.9").status_code == 302


def test_behind_a_proxy_the_visitors_address_counts_and_cannot_be_made_up(client, ada, settings):
    settings.PROXY_COUNT = 1
    for number in range(5):
        made_up = f"10.0.0.{number}, 198.51.100.7"
        response = fail(client, 1, address="127.0.0.1", **{"X-Forwarded-For": made_up})
    assert response.status_code == 429
    other = {"X-Forwarded-For": "203.0.113.9"}
    assert attempt(client, PASSWORD, address="127.0.0.1", **other).status_code == 302


def test_no_password_and_no_address_of_a_successful_sign_in_is_kept(client, ada):
    attempt(client, "hunter2-hunter2")
    row = AccessAttempt.objects.get()
    assert "hunter2" not in row.post_data
    attempt(client, PASSWORD)
    assert AccessAttempt.objects.count() == AccessLog.objects.count() == 0


def test_participants_are_never_counted(client, survey):
    client.get(f"/s/{survey.slug}/", REMOTE_ADDR="198.51.100.7")
    client.post(f"/s/{survey.slug}/", {"agree": "no"}, REMOTE_ADDR="198.51.100.7")
    assert AccessAttempt.objects.count() == 0
