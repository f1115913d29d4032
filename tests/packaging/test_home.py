"""Where `.env` and `var` are, and what the demo starts."""

import ast
import os
import sys

import pytest
from django.core.exceptions import ImproperlyConfigured

from study.configuration import commands, env
from study.server import demo
from tests.test_architecture import ROOMS, ROOT


def test_a_checkout_keeps_its_files_whatever_the_working_folder(tmp_path, monkeypatch):
    (tmp_path / "manage.py").touch()
    monkeypatch.chdir("/")
    assert env.home_of(tmp_path) == tmp_path


def test_an_installed_wheel_keeps_its_files_in_the_working_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert env.home_of(tmp_path / "site-packages") == tmp_path


def test_these_tests_run_in_a_checkout(settings):
    assert env.HOME == settings.BASE_DIR


def test_the_demos_servers_run_by_this_python_and_know_the_demos_address(settings):
    settings.PORT, settings.SITE_URL = 8123, "http://127.0.0.1:8123"
    command, environment = demo.servers()
    assert command[:3] == [sys.executable, "-m", "study.server.processes"]
    assert environment["PYTHON"] == sys.executable
    assert (environment["PORT"], environment["SITE_URL"]) == ("8123", "http://127.0.0.1:8123")
    assert set(os.environ) <= set(environment)


def test_a_taken_port_is_answered_by_the_command_that_an_installed_demo_is_started_by(
    tmp_path, monkeypatch
):
    class TakenSocket:
        def __enter__(self):
            return self

        def __exit__(self, *error):
            pass

        def setsockopt(self, *option):
            pass

        def bind(self, address):
            raise OSError(98, "Address already in use")

    monkeypatch.setattr(env, "HOME", tmp_path)
    monkeypatch.setattr("socket.socket", TakenSocket)
    with pytest.raises(ImproperlyConfigured, match="another port: PORT=8001 foresee demo"):
        demo.require_free_port("127.0.0.1", 8000)


@pytest.mark.parametrize(
    ("is_checkout", "expected"), [(True, "python manage.py migrate"), (False, "foresee migrate")]
)
def test_commands_are_called_as_they_are_typed_on_this_installation(
    monkeypatch, tmp_path, is_checkout, expected
):
    monkeypatch.setattr(env, "HOME", env.CODE if is_checkout else tmp_path)
    assert commands.command("migrate") == expected
    assert ("make" in commands.target("worker", commands.WORKER)) == is_checkout
    assert ("make" in commands.demo()) == is_checkout


def test_no_message_or_page_gives_advice_for_a_checkout_alone():
    """Docstrings and comments are read where the code is."""
    wrong = []
    for room in ROOMS:
        for file in [*(ROOT / room).rglob("*.html"), *(ROOT / room).rglob("*.toml")]:
            wrong += [file.name] if "manage.py" in file.read_text() else []
        for file in (ROOT / room).rglob("*.py"):
            tree = ast.parse(file.read_text())
            documented = {
                id(node.body[0].value)
                for node in ast.walk(tree)
                if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef)
                and node.body and isinstance(node.body[0], ast.Expr)
            }  # fmt: skip
            wrong += [
                f"{file.name}: {node.value}"
                for node in ast.walk(tree)
                if isinstance(node, ast.Constant) and isinstance(node.value, str)
                if "manage.py " in node.value and id(node) not in documented
            ]
    assert [row for row in wrong if not row.startswith(("commands.py", "processes.py"))] == []
