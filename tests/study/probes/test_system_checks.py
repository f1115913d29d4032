"""System checks: a bad combination of settings is said before it does harm."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings as project
from django.core.checks import Error, Warning

from study.probes.system_checks import check_installation


def ids():
    return [message.id for message in check_installation(None)]


def test_a_key_that_is_not_stored_is_warned_of(settings):
    settings.STORED_SECRET_KEY = ""
    (found,) = check_installation(None)
    assert (found.id, type(found)) == ("study.W001", Warning)


def test_a_stored_key_is_fine(settings):
    settings.STORED_SECRET_KEY = "something"
    assert ids() == []


def test_a_public_host_without_https_is_warned_of(settings):
    settings.HTTPS = False
    settings.ALLOWED_HOSTS = ["study.example.org"]
    assert ids() == ["study.W002"]


def test_this_machine_alone_needs_no_https(settings):
    settings.HTTPS = False
    settings.ALLOWED_HOSTS = ["localhost", "127.0.0.1", "[::1]"]
    assert ids() == []


def test_a_builds_folder_that_is_a_file_is_an_error(settings, tmp_path):
    settings.BUILDS_DIR = tmp_path / "builds"
    Path(settings.BUILDS_DIR).touch()
    (found,) = check_installation(None)
    assert (found.id, type(found)) == ("pv_engine.E001", Error)


def test_a_builds_folder_that_can_be_made_is_fine(settings, tmp_path):
    settings.BUILDS_DIR = tmp_path / "not" / "yet"
    assert ids() == []


def test_a_missing_part_of_the_engine_is_named(monkeypatch):
    monkeypatch.setattr("pv_engine.probes.find_spec", lambda name: None if name == "timm" else name)
    (warning,) = check_installation(None)
    assert warning.id == "pv_engine.W001"
    assert "timm" in warning.msg


def test_the_installed_engine_is_fine():
    assert ids() == []


@pytest.mark.parametrize(
    ("https", "proxies", "warned"), [(1, 0, True), (1, 1, False), (0, 0, False)]
)
def test_a_proxy_that_is_not_counted_is_warned_of(settings, https, proxies, warned):
    settings.HTTPS, settings.PROXY_COUNT = bool(https), proxies
    assert ids() == ["study.W003"] * warned


def test_warnings_are_left_out_while_developing_but_errors_are_not(settings, tmp_path):
    settings.DEBUG, settings.STORED_SECRET_KEY = True, ""
    assert ids() == []
    settings.BUILDS_DIR = tmp_path / "file"
    Path(settings.BUILDS_DIR).touch()
    assert ids() == ["pv_engine.E001"]


def test_as_the_deployment_page_sets_it_up_the_deployment_checks_warn_of_nothing(tmp_path):
    environment = {
        # The browser tests set one that belongs on no server.
        **{name: value for name, value in os.environ.items() if "ASYNC_UNSAFE" not in name},
        "ALLOWED_HOSTS": "study.example.org",
        "HTTPS": "true",
        "PROXY_COUNT": "1",
        "SITE_URL": "https://study.example.org",
        "SECRET_KEY": "0123456789abcdefghijklmnopqrstuvwxyz-not-a-real-key-0123456789",
        "VAR_DIR": str(tmp_path),
        "DJANGO_SETTINGS_MODULE": "study.settings",
    }
    command = [sys.executable, "manage.py", "check", "--deploy", "--fail-level", "WARNING"]
    done = subprocess.run(
        command, cwd=project.BASE_DIR, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
