"""An authenticator app beside the password, recovery codes, and when it is required."""

import re
from base64 import b32decode
from urllib.parse import parse_qs, urlsplit

import pytest
import segno
from django.urls import reverse
from django_otp.oath import TOTP
from django_otp.plugins.otp_static.models import StaticToken
from django_otp.plugins.otp_totp import models as totp_models
from django_otp.plugins.otp_totp.models import TOTPDevice

from accounts.models import AuditEntry
from accounts.views import sign_in as sign_in_pages
from tests.accounts.views.test_sign_in import Clock
from tests.team import PASSWORD, make_user, sign_in

LOGIN, CODE = "/console/login/", "/console/login/code/"
FACTOR = "/console/account/second-factor/"


@pytest.fixture
def clock(monkeypatch):
    clock = Clock()
    monkeypatch.setattr(totp_models, "time", clock)
    monkeypatch.setattr(sign_in_pages, "time", clock)
    return clock


@pytest.fixture
def ada(db):
    return make_user("ada")


def app_code(key, clock):
    """What the phone shows: never the same twice, since half a minute goes by first."""
    clock.wait(minutes=0.5)
    totp = TOTP(key)
    totp.time = clock.now
    return f"{totp.token():06d}"


def add_app(browser, clock, password=PASSWORD):
    """Set it up as a person does; the key is what the page shows."""
    page = browser.get(FACTOR).content.decode()
    key = re.search(r'<code class="key">([A-Z2-7 ]+)</code>', page)[1].replace(" ", "")
    key = b32decode(key)
    data = {"code": app_code(key, clock), "password": password}
    return key, browser.post(FACTOR, data).content.decode()


@pytest.fixture
def phone(ada, clock):
    """ada's app and recovery codes: (key, codes)."""
    key, page = add_app(sign_in(ada), clock)
    return key, re.findall(r"<code>([a-z2-7-]+)</code>", page)


def give_password(client):
    return client.post(LOGIN, {"username": "ada", "password": PASSWORD})


def reported():
    return set(AuditEntry.objects.values_list("action", flat=True))


def test_the_picture_holds_the_key_that_is_shown_and_no_style_or_script(ada, monkeypatch):
    seen, make = [], segno.make
    monkeypatch.setattr(segno, "make", lambda text, **how: seen.append(text) or make(text, **how))
    page = sign_in(ada).get(FACTOR).content.decode()
    key = re.search(r'<code class="key">([A-Z2-7 ]+)</code>', page)[1].replace(" ", "")
    address = urlsplit(seen[0])
    assert (address.scheme, address.netloc, address.path) == ("otpauth", "totp", "/Foresee%3Aada")
    assert parse_qs(address.query)["secret"] == [key]
    picture = re.search(r"<svg.*?</svg>", page, re.DOTALL)[0]
    assert "style" not in picture
    assert "href" not in picture


def test_nothing_is_stored_before_the_app_has_shown_that_it_works(ada, clock):
    browser = sign_in(ada)
    browser.get(FACTOR)
    page = browser.post(FACTOR, {"code": "000000", "password": PASSWORD}).content.decode()
    assert "Wrong code. Check that the phone" in page
    assert TOTPDevice.objects.count() == 0


def test_to_add_an_app_takes_the_password(ada, clock):
    _, page = add_app(sign_in(ada), clock, password="wrong")
    assert "This is not your password." in page
    assert TOTPDevice.objects.count() == 0


def test_ten_recovery_codes_are_shown_once_and_stored_as_hashes(phone):
    _, codes = phone
    assert len(set(codes)) == 10
    stored = set(StaticToken.objects.values_list("token", flat=True))
    assert len(stored) == 10
    assert not stored & {code.replace("-", "") for code in codes}
    assert "second_factor.added" in reported()


def test_adding_it_signs_out_where_only_the_password_was_given(ada, clock):
    laptop, forgotten = sign_in(ada), sign_in(ada)
    add_app(laptop, clock)
    assert laptop.get("/console/").status_code == 200
    assert forgotten.get("/console/").status_code == 302


def test_the_password_alone_signs_nobody_in_any_more(client, phone):
    assert give_password(client)["Location"] == CODE
    assert client.get("/console/").status_code == 302


def test_password_and_code_do(client, phone, clock):
    give_password(client)
    response = client.post(CODE, {"code": app_code(phone[0], clock)})
    assert response["Location"] == "/console/"
    assert client.get("/console/").status_code == 200


def test_a_code_works_once(client, phone, clock):
    code = app_code(phone[0], clock)
    give_password(client)
    client.post(CODE, {"code": code})
    client.post("/console/logout/")
    give_password(client)
    assert "Wrong code" in client.post(CODE, {"code": code}).content.decode()
    assert "second_factor.failed" in reported()


def test_a_wrong_code_makes_the_next_try_wait_and_says_how_long(client, phone, clock):
    give_password(client)
    client.post(CODE, {"code": "000000"})
    # Real time goes by between the two requests, but never the second that the first one costs.
    TOTPDevice.objects.update(throttling_failure_count=12)
    right = app_code(phone[0], clock)
    page = client.post(CODE, {"code": right}).content.decode()
    assert re.search(r"Try again at \d\d:\d\d:\d\d UTC\.", page)
    assert AuditEntry.objects.filter(action="second_factor.failed").count() == 1


def test_a_recovery_code_works_once_however_it_is_typed(client, phone):
    typed = phone[1][0].upper().replace("-", " ")
    give_password(client)
    assert client.post(CODE, {"code": typed})["Location"] == "/console/"
    entry = AuditEntry.objects.get(action="second_factor.recovery_code_used")
    assert entry.details == {"left": 9}
    client.post("/console/logout/")
    give_password(client)
    assert "Wrong code" in client.post(CODE, {"code": typed}).content.decode()


def test_the_second_step_waits_five_minutes_and_no_longer(client, phone, clock):
    give_password(client)
    clock.wait(minutes=5.1)
    page = client.post(CODE, {"code": app_code(phone[0], clock)}, follow=True).content.decode()
    assert "Sign in with your name and password first." in page


def test_nobody_comes_to_the_second_step_without_the_first(client, phone, clock):
    assert client.post(CODE, {"code": app_code(phone[0], clock)})["Location"] == LOGIN


def test_a_new_password_ends_a_sign_in_that_is_half_done(client, phone, ada, clock):
    give_password(client)
    ada.set_password("four unusual longer words")
    ada.save()
    assert client.post(CODE, {"code": app_code(phone[0], clock)})["Location"] == LOGIN


def test_it_is_removed_with_a_code_and_not_without(client, phone, clock):
    give_password(client)
    client.post(CODE, {"code": app_code(phone[0], clock)})
    change = reverse("accounts:change_second_factor")
    client.post(change, {"code": "not-one", "do": "remove"})
    assert TOTPDevice.objects.count() == 1
    page = client.post(change, {"code": app_code(phone[0], clock), "do": "remove"}, follow=True)
    assert "Second factor removed." in page.content.decode()
    assert TOTPDevice.objects.count() == StaticToken.objects.count() == 0
    assert "second_factor.removed" in reported()


def test_new_recovery_codes_void_the_old_ones(client, phone, clock):
    give_password(client)
    client.post(CODE, {"code": app_code(phone[0], clock)})
    data = {"code": app_code(phone[0], clock), "do": "renew"}
    page = client.post(reverse("accounts:change_second_factor"), data).content.decode()
    new = re.findall(r"<code>([a-z2-7-]+)</code>", page)
    assert len(new) == 10
    client.post("/console/logout/")
    give_password(client)
    assert "Wrong code" in client.post(CODE, {"code": phone[1][0]}).content.decode()


def test_an_installation_that_asks_for_it_lets_nobody_do_anything_before(ada, clock, settings):
    settings.SECOND_FACTOR_REQUIRED = True
    browser = sign_in(ada)
    for path in ("", "builds/", "account/", "audit/"):
        assert browser.get(f"/console/{path}")["Location"] == FACTOR
    add_app(browser, clock)
    assert browser.get("/console/").status_code == 200


def test_pages_that_show_secrets_are_kept_by_no_cache(ada):
    assert "no-store" in sign_in(ada).get(FACTOR)["Cache-Control"]
