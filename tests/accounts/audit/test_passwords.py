"""Strong passwords, changed by their owner or by a link that an administrator makes."""

from datetime import datetime, timedelta

import pytest
from django.contrib.auth.password_validation import validate_password
from django.contrib.auth.tokens import default_token_generator
from django.core.exceptions import ValidationError
from django.urls import reverse

from accounts.audit.record import COMMAND_LINE
from accounts.models import AuditEntry
from accounts.sign_in.researchers import make_password_link
from tests.team import PASSWORD, make_user, sign_in

NEW = "four unusual longer words"
LOGIN = "/console/login/"


@pytest.fixture
def ada(db):
    return make_user("ada")


def latest():
    return AuditEntry.objects.first()


@pytest.mark.parametrize(
    ("password", "reason"),
    [
        ("elevenchars", "at least 12 characters"),
        ("adalovelace1", "too similar to the username"),
        ("telechargement", "too common"),
        ("482915730264", "entirely numeric"),
    ],
)
def test_weak_passwords_are_refused_with_the_reason(db, password, reason):
    user = make_user("adalovelace")
    with pytest.raises(ValidationError, match=reason):
        validate_password(password, user)


def test_words_alone_are_strong_enough(ada):
    validate_password(NEW, ada)


def test_a_changed_password_ends_every_other_session(ada):
    laptop, phone = sign_in(ada), sign_in(ada)
    data = {"old_password": PASSWORD, "new_password1": NEW, "new_password2": NEW}
    page = laptop.post(reverse("accounts:change_password"), data, follow=True).content.decode()
    assert "You are signed out everywhere else." in page
    assert phone.get("/console/").status_code == 302
    ada.refresh_from_db()
    assert ada.check_password(NEW)
    assert (latest().action, latest().actor) == ("password.changed", "ada")


def test_to_change_a_password_takes_the_old_one(ada):
    data = {"old_password": "wrong", "new_password1": NEW, "new_password2": NEW}
    page = sign_in(ada).post(reverse("accounts:change_password"), data).content.decode()
    assert "old password was entered incorrectly" in page


def set_password(client, link, password=NEW):
    """Open the link and send its form, as a browser does."""
    response = client.get(link, follow=True)
    address = response.redirect_chain[-1][0] if response.redirect_chain else link
    return client.post(
        address, {"new_password1": password, "new_password2": password}, follow=True
    ).content.decode()


def test_a_link_sets_a_password_once(client, ada):
    phone = sign_in(ada)
    link = make_password_link(ada, COMMAND_LINE)
    assert "Password set. Sign in with it." in set_password(client, link)
    assert phone.get("/console/").status_code == 302
    ada.refresh_from_db()
    assert ada.check_password(NEW)
    assert (latest().action, latest().actor) == ("password.set_by_link", "ada")
    again = client.get(link).content.decode()
    assert "This link no longer works" in again


def test_the_secret_of_a_link_is_not_in_the_address_of_the_form(client, ada):
    link = make_password_link(ada, COMMAND_LINE)
    assert client.get(link)["Location"] == link.replace(link.split("/")[-2], "set-password")


def test_a_link_expires(client, ada, monkeypatch, settings):
    link = make_password_link(ada, COMMAND_LINE)
    later = datetime.now() + timedelta(hours=settings.LINK_HOURS, seconds=5)
    monkeypatch.setattr(default_token_generator, "_now", lambda: later)
    assert "This link no longer works" in client.get(link).content.decode()


def test_a_newer_sign_in_makes_a_link_void(client, ada):
    link = make_password_link(ada, COMMAND_LINE)
    sign_in(ada)
    assert "This link no longer works" in client.get(link).content.decode()


def test_a_link_takes_no_weak_password(client, ada):
    link = make_password_link(ada, COMMAND_LINE)
    assert "at least 12 characters" in set_password(client, link, "short")


def test_a_new_password_ends_the_wait_after_too_many_wrong_ones(client, ada):
    for _ in range(5):
        client.post(LOGIN, {"username": "ada", "password": "wrong"})
    set_password(client, make_password_link(ada, COMMAND_LINE))
    assert client.post(LOGIN, {"username": "ada", "password": NEW}).status_code == 302
