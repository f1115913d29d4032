"""The arrows between the rooms, held by the imports themselves."""

import ast
import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings

ROOT = Path(settings.BASE_DIR)
ROOMS = ("study", "accounts", "pv_engine", "surveys", "analysis")
TORCH_FREE_OF_DJANGO = (
    "benchmarks", "data", "explain", "items", "networks", "pipeline", "quality", "recipe",
    "reports", "runtime", "training", "train.py",
)  # fmt: skip
# Loading a protocol takes its stimulus folder into the database, too.
LOADING = ("pv_engine.stimulus_sets.loading.", "pv_engine.stimulus_sets.manifest.")
# A survey is analysed by way of its export.
EXPORT = ("surveys.export.folder.", "surveys.export_stimuli.")
# A backup is of one moment, and both ends of it are in the audit log.
BACKUP = ("accounts.audit.record.", "accounts.audit.chain.", "surveys.snapshot.")
# What any room may import from the frame.
EVERYBODY = ("study.configuration.env", "study.celery", "study.console.sorting", "study.runs.")
TORCH = {"torch", "torchvision", "timm", "pytorch_grad_cam"}


def files_of(folder: str) -> list[Path]:
    place = ROOT / folder
    return [place] if place.is_file() else sorted(place.rglob("*.py"))


def imports_of(file: Path) -> set[str]:
    """Every module a file imports, wherever in it, with `from a import b` as a.b."""
    names = set()
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names |= {f"{node.module}.{alias.name}" for alias in node.names}
    return names


def crossings(room: str) -> set[tuple[str, str]]:
    """(file, module) for each import of a room from another room."""
    others = tuple(f"{other}." for other in ROOMS if other != room)
    return {
        (file.relative_to(ROOT).as_posix(), name)
        for file in files_of(room)
        for name in imports_of(file)
        if name.startswith(others)
    }


def is_command(file: str) -> bool:
    return "/management/commands/" in file


def allowed(room: str, file: str, name: str) -> bool:
    if name.startswith(EVERYBODY):
        return True
    if file == "study/server/demo.py" and name.startswith("accounts.sign_in.researchers."):
        return True
    if file.startswith("study/backup/") and name.startswith(BACKUP):
        return True
    if room in ("pv_engine", "surveys") and name.startswith("accounts."):
        return True
    if room == "surveys":
        if file == "surveys/studies/loading.py" and name.startswith(LOADING):
            return True
        return name.startswith(("pv_engine.models.", "pv_engine.errors."))
    if room == "analysis":
        if file == "analysis/data/loading.py" and name.startswith(EXPORT):
            return True
        return name.startswith("surveys.models.") and (
            file == "analysis/data/loading.py" or is_command(file)
        )
    return False


@pytest.mark.parametrize("room", ROOMS)
def test_nothing_crosses_but_the_known_arrows(room):
    wrong = {(file, name) for file, name in crossings(room) if not allowed(room, file, name)}
    assert wrong == set()


def test_tasks_are_sent_by_name_and_imported_by_their_app_alone():
    importing = {
        file.relative_to(ROOT).as_posix()
        for room in ROOMS
        for file in files_of(room)
        for name in imports_of(file)
        if "tasks" in name.split(".")
    }
    assert importing == {"pv_engine/apps.py", "surveys/apps.py"}


def test_the_torch_code_imports_no_django():
    files = [file for name in TORCH_FREE_OF_DJANGO for file in files_of(f"pv_engine/{name}")]
    assert files
    wrong = {
        (file.relative_to(ROOT).as_posix(), name)
        for file in files
        for name in imports_of(file)
        if name.split(".")[0] in {"django", "celery", "study", "accounts", "surveys", "analysis"}
        or name.startswith(("pv_engine.models", "pv_engine.builds", "pv_engine.console"))
    }
    assert wrong == set()


def test_no_torch_outside_the_engine():
    wrong = {
        (file.relative_to(ROOT).as_posix(), name)
        for room in ("study", "accounts", "surveys", "analysis")
        for file in files_of(room)
        for name in imports_of(file)
        if name.split(".")[0] in TORCH
    }
    assert wrong == set()


def test_the_web_process_never_imports_torch():
    program = (
        "import sys\n"
        "import study.wsgi\n"
        "from django.urls import get_resolver\n"
        "get_resolver().url_patterns\n"
        f"sys.exit(', '.join(sorted({TORCH!r} & sys.modules.keys())) or 0)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=ROOT,
        env={**os.environ, "DJANGO_SETTINGS_MODULE": "tests.settings"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr


def test_no_file_is_a_drawer():
    drawers = {"utils.py", "common.py", "helpers.py"}
    found = [file for room in ROOMS for file in files_of(room) if file.name in drawers]
    assert found == []
