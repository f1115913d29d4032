"""Too many from one place are asked to wait, and no address is stored."""

import socket
import threading
from datetime import UTC, datetime, timedelta

import pytest
from django.core.cache import caches
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.urls import reverse

from accounts.limits.counting import count
from accounts.models import Counter
from surveys.models import Participant
from tests.factories import make_browser

NOON = datetime(2026, 5, 4, 12, 0, 30, tzinfo=UTC)
CLASSROOM = "203.0.113.9"


@pytest.fixture
def clock(monkeypatch):
    """A clock that stands still until it is moved: clock(minutes)."""
    at = [NOON]
    monkeypatch.setattr("django.utils.timezone.now", lambda: at[0])

    def move(**passed):
        at[0] += timedelta(**passed)

    return move


@pytest.fixture
def three_a_minute(settings):
    settings.ENTRIES_PER_MINUTE = 3


def come(survey, address=CLASSROOM, browser=None):
    browser = browser or make_browser()
    return browser.get(f"/s/{survey.slug}/", REMOTE_ADDR=address)


def test_the_visitor_beyond_the_limit_is_asked_to_wait(survey, three_a_minute, clock):
    assert [come(survey).status_code for _ in range(4)] == [200, 200, 200, 429]
    refused = come(survey)
    assert "Too many people from your network have opened this study" in refused.content.decode()
    assert refused["Retry-After"] == "30"


def test_the_next_minute_begins_again(survey, three_a_minute, clock):
    for _ in range(4):
        come(survey)
    clock(minutes=1)
    assert come(survey).status_code == 200


def test_other_places_do_not_wait(survey, three_a_minute, clock):
    for _ in range(4):
        come(survey)
    assert come(survey, "203.0.113.10").status_code == 200


def test_participants_who_have_begun_are_not_counted(survey, three_a_minute, clock):
    browser = make_browser()
    for _ in range(9):
        assert come(survey, browser=browser).status_code == 200


def test_a_forged_cookie_does_not_help(survey, three_a_minute, clock):
    for _ in range(3):
        come(survey)
    browser = make_browser()
    browser.cookies["participant"] = "forged"
    assert come(survey, browser=browser).status_code == 429


def test_consents_are_counted_too(survey, three_a_minute, clock):
    survey_page = f"/s/{survey.slug}/"
    for _ in range(3):
        come(survey)
    response = make_browser().post(survey_page, REMOTE_ADDR=CLASSROOM)
    assert response.status_code in (403, 429)
    assert not Participant.objects.exists()


def test_without_a_known_proxy_this_machines_address_never_waits(survey, three_a_minute, clock):
    assert {come(survey, "127.0.0.1").status_code for _ in range(9)} == {200}
    assert not Counter.objects.exists()


def test_behind_a_known_proxy_visitors_are_distinguished(survey, three_a_minute, clock, settings):
    settings.PROXY_COUNT = 1

    def arrive(address):
        path = f"/s/{survey.slug}/"
        return make_browser().get(path, headers={"X-Forwarded-For": f"10.0.0.1, {address}"})

    assert [arrive(CLASSROOM).status_code for _ in range(4)] == [200, 200, 200, 429]
    assert arrive("203.0.113.10").status_code == 200


def test_no_limit_counts_nothing(survey, settings, clock):
    settings.ENTRIES_PER_MINUTE = 0
    assert {come(survey).status_code for _ in range(9)} == {200}
    assert not Counter.objects.exists()


def test_the_address_cannot_be_found_again_in_the_database(survey, three_a_minute, clock):
    come(survey)
    (row,) = Counter.objects.all()
    assert CLASSROOM not in f"{row.key} {row}"
    before = row.key
    clock(days=1)
    come(survey)
    assert before not in Counter.objects.values_list("key", flat=True)


def test_what_is_over_is_removed_with_the_next_window(db, clock):
    count("entry", "a", 60)
    clock(minutes=3)
    count("entry", "b", 60)
    assert Counter.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_processes_that_count_at_once_lose_nothing():
    seen = []

    def work():
        seen.extend(count("entry", "a", 10**9)[0] for _ in range(10))
        connection.close()

    workers = [threading.Thread(target=work) for _ in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert sorted(seen) == list(range(1, 41))


def test_with_a_cache_the_counts_are_kept_there(db, settings):
    settings.CACHE_URL = "redis://wherever"
    assert [count("redis-test", "a", 10**9)[0] for _ in range(3)] == [1, 2, 3]
    assert not Counter.objects.exists()
    caches["default"].clear()


def test_while_redis_does_not_answer_the_database_counts(db, settings, caplog):
    with socket.socket() as closed:  # bound, but nobody listens there
        closed.bind(("127.0.0.1", 0))
        settings.CACHE_URL = f"redis://127.0.0.1:{closed.getsockname()[1]}"
        settings.CACHES = {
            "default": {
                "BACKEND": "django.core.cache.backends.redis.RedisCache",
                "LOCATION": settings.CACHE_URL,
            }
        }
        assert [count("entry", "a", 10**9)[0] for _ in range(3)] == [1, 2, 3]
    assert Counter.objects.get().count == 3
    assert "Redis of CACHE_URL does not answer; the database counts instead" in caplog.text


def test_an_account_sends_so_many_files_an_hour(researcher, settings, clock):
    settings.UPLOADS_PER_HOUR = 2

    def send():
        file = SimpleUploadedFile("a.toml", b"no recipe")
        return researcher.post(reverse("builds:start"), {"upload": file})

    assert [send().status_code for _ in range(3)] == [200, 200, 429]
    assert "Try again in 60 minutes." in send().content.decode()
    assert researcher.get(reverse("builds:start")).status_code == 200
