"""What `make demo` does before the servers start, and that it may be repeated."""

import io
import socket
import stat

import pytest
from django.contrib.auth import get_user_model
from django.core.exceptions import ImproperlyConfigured
from django.core.management import CommandError, call_command

from accounts.models import AuditEntry
from accounts.sign_in.researchers import give_one_time_password
from study.probes import services
from study.probes.probe import Finding
from study.server import demo


@pytest.fixture
def taken_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        yield listener.getsockname()[1]


def test_a_secret_key_is_made_once_and_only_its_owner_reads_it(tmp_path):
    key = tmp_path / "var" / "secret_key"
    demo.make_secret_key(key)
    first = key.read_text()
    demo.make_secret_key(key)

    assert len(first) > 50
    assert key.read_text() == first
    assert stat.S_IMODE(key.stat().st_mode) == 0o600


def test_the_audit_log_is_keyed_with_the_new_key_from_the_first_entry_on(tmp_path, settings):
    settings.STORED_AUDIT_KEY = ""
    key = tmp_path / "secret_key"
    demo.make_secret_key(key)
    demo.use_new_key(key)
    assert key.read_text() == settings.AUDIT_KEY


def test_an_audit_key_of_its_own_is_kept(tmp_path, settings):
    settings.STORED_AUDIT_KEY = settings.AUDIT_KEY = "my own"
    demo.use_new_key(tmp_path / "missing")
    assert settings.AUDIT_KEY == "my own"


def test_a_port_in_use_is_one_sentence_with_a_way_out(taken_port):
    with pytest.raises(ImproperlyConfigured, match=f"Port {taken_port} .* another port: make demo"):
        demo.require_free_port("127.0.0.1", taken_port)


def test_a_port_that_was_given_back_is_free(taken_port):
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        free = listener.getsockname()[1]
    demo.require_free_port("127.0.0.1", free)


def test_each_start_gives_the_researcher_a_new_password(db):
    first = give_one_time_password("researcher")
    second = give_one_time_password("researcher")

    researcher = get_user_model().objects.get()
    reported = AuditEntry.objects.order_by("number").values_list("actor", "action")
    assert set(reported) == {
        ("the command line", "account.created"),
        ("the command line", "password.changed"),
    }
    assert not researcher.check_password(first)
    assert researcher.check_password(second)


@pytest.mark.parametrize(
    ("part", "named"), [("database", "DATABASE_URL"), ("broker", "CELERY_BROKER_URL")]
)
def test_a_service_that_does_not_answer_is_one_sentence(db, monkeypatch, part, named):
    finding = Finding("missing", "It does not answer: connection refused.")
    monkeypatch.setattr(services, part, lambda: finding)
    with pytest.raises(ImproperlyConfigured, match=rf"{named} cannot be used: .*refused"):
        demo.require_services()


def test_the_command_prints_both_addresses_and_the_password(monkeypatch, settings):
    monkeypatch.setattr(
        demo,
        "prepare",
        lambda: ("Take part        http://127.0.0.1:8123/s/demo/", "a-new-password"),
    )
    settings.SITE_URL = settings.CONSOLE_URL = "http://127.0.0.1:8123"
    out = io.StringIO()
    call_command("prepare_demo", stdout=out)

    assert "http://127.0.0.1:8123/s/demo/" in out.getvalue()
    assert "http://127.0.0.1:8123/console/" in out.getvalue()
    assert "a-new-password" in out.getvalue()


def test_the_command_ends_with_the_sentence_of_what_is_wrong(monkeypatch):
    def refuse():
        raise ImproperlyConfigured("Port 8000 cannot be used.")

    monkeypatch.setattr(demo, "prepare", refuse)
    with pytest.raises(CommandError, match="Port 8000 cannot be used"):
        call_command("prepare_demo")
