"""The wheel has everything, and what it installs works in an empty folder: `make test-wheel`."""

import os
import re
import signal
import zipfile
from email import message_from_bytes
from email.message import Message
from pathlib import Path

import pytest
from django.conf import settings
from packaging.requirements import Requirement

from tests.faults.servers import free_port
from tests.packaging.installed import FOLDERS, ROOT, Installation, build_wheel
from tests.services.processes import wait_until

pytestmark = pytest.mark.wheel


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build_wheel(tmp_path_factory.mktemp("wheel"))


@pytest.fixture(scope="module")
def installation(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Installation:
    return Installation.make(wheel, tmp_path_factory.mktemp("installed") / "venv")


@pytest.fixture(scope="module")
def prepared(installation: Installation, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that was empty until the demo was prepared in it."""
    folder = tmp_path_factory.mktemp("work") / "empty"
    folder.mkdir()
    installation.foresee(folder, "migrate", "--verbosity", "0")
    installation.foresee(folder, "prepare_demo", PORT=str(free_port()))
    return folder


def metadata(wheel: Path) -> Message:
    with zipfile.ZipFile(wheel) as archive:
        (name,) = (each for each in archive.namelist() if each.endswith(".dist-info/METADATA"))
        return message_from_bytes(archive.read(name))


def test_every_file_of_the_project_is_in_the_wheel_and_nothing_else(wheel):
    with zipfile.ZipFile(wheel) as archive:
        packed = {name for name in archive.namelist() if ".dist-info/" not in name}
    found = {
        file.relative_to(ROOT).as_posix()
        for folder in FOLDERS
        for file in (ROOT / folder).rglob("*")
        if file.is_file() and file.suffix != ".pyc"
    }
    # Stimulus sets that somebody built there stay there.
    assert packed == {name for name in found if not name.startswith("protocols/stimuli/")}
    for kind in (".html", ".css", ".js", ".toml", ".mo", ".webp", ".csv"):
        assert any(name.endswith(kind) for name in packed), kind


def test_the_wheel_asks_for_the_requirements(wheel):
    def lines_of(name: str) -> set[Requirement]:
        lines = (ROOT / name).read_text().splitlines()
        return {Requirement(line) for line in lines if line and not line.startswith("#")}

    wanted = [Requirement(text) for text in metadata(wheel).get_all("Requires-Dist", [])]
    assert {each for each in wanted if each.marker is None} == lines_of("requirements.txt")
    for extra in ("dev", "docs", "hf"):
        names = {each.name for each in wanted if each.marker and f'"{extra}"' in str(each.marker)}
        assert names == {each.name for each in lines_of(f"requirements-{extra}.txt")}


def test_the_wheel_says_its_version_and_license(wheel):
    about = metadata(wheel)
    assert (about["Version"], about["License-Expression"]) == (settings.VERSION, "Apache-2.0")


def test_the_command_says_the_version_of_foresee(installation, tmp_path):
    assert installation.foresee(tmp_path, "--version") == f"Foresee {settings.VERSION}\n"
    assert list(tmp_path.iterdir()) == []


def test_the_demo_is_prepared_in_an_empty_folder_and_its_data_are_right(installation, prepared):
    assert installation.foresee(prepared, "check_data", "demo")
    # All that was written is in `var`, with the static files and the demo's images.
    assert [path.name for path in prepared.iterdir()] == ["var"]
    written = {path.name for path in (prepared / "var").iterdir()}
    assert {"db.sqlite3", "secret_key", "static", "stimuli"} <= written


def test_a_study_is_answered_exported_and_reported_in_the_working_folder(installation, prepared):
    installation.foresee(prepared, "run_bots", "demo", "--participants", "4", "--seed", "1")
    installation.foresee(prepared, "export_study", "demo", "--out", "var/export")
    installation.foresee(
        prepared, "build_results", "--export", "var/export", "--out", "var/results"
    )
    assert (prepared / "var" / "results" / "report.html").is_file()
    installation.foresee(prepared, "check_data", "demo")


def test_a_file_env_of_the_working_folder_is_read(installation, tmp_path):
    (tmp_path / ".env").write_text("VAR_DIR=elsewhere\n")
    installation.foresee(tmp_path, "migrate", "--verbosity", "0")
    assert (tmp_path / "elsewhere" / "db.sqlite3").is_file()
    assert not (tmp_path / "var").exists()


def test_a_module_of_the_working_folder_may_make_networks(installation, tmp_path):
    (tmp_path / "my_networks.py").write_text("")
    printed = installation.foresee(
        tmp_path, "shell", "--no-imports", "--command", "import my_networks; print('found')"
    )
    assert printed == "found\n"


def test_the_demo_runs_from_an_empty_folder_until_it_is_stopped(installation, tmp_path):
    folder, port = tmp_path / "empty", free_port()
    folder.mkdir()

    def log() -> str:
        return str((tmp_path / "demo.log").read_text())

    with installation.demo(folder, port) as process:
        wait_until(lambda: process.poll() is not None or log().count("Started worker-") == 2)
        wait_until(lambda: process.poll() is not None or "celery.apps.worker celery@" in log())
        assert process.poll() is None, log()
        assert f"Take part        http://127.0.0.1:{port}/s/demo/" in log()
        os.killpg(process.pid, signal.SIGINT)
        process.wait(60)
    assert re.findall(r"stopped \(rc=(\d+)\)", log()) == ["0", "0"], log()
    assert [path.name for path in folder.iterdir()] == ["var"]
