"""Foresee as installed from its wheel: a command, and an empty folder to work in."""

import os
import shutil
import signal
import subprocess
import sys
import sysconfig
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings

ROOT = Path(settings.BASE_DIR)
# What the wheel is made of; nothing else of the checkout is copied to where it is built.
FOLDERS = (
    "accounts",
    "analysis",
    "fixtures",
    "protocols",
    "pv_engine",
    "recipes",
    "study",
    "surveys",
    "toml_files",
)
FILES = ("pyproject.toml", "README.md", "LICENSE", "manage.py", "requirements.txt",
         "requirements-dev.txt", "requirements-docs.txt", "requirements-hf.txt",
         "requirements-labels.txt")  # fmt: skip


def build_wheel(folder: Path) -> Path:
    """The wheel of this checkout, built in a copy of it and without network."""
    source = folder / "source"
    for name in FOLDERS:
        shutil.copytree(ROOT / name, source / name)
    for name in FILES:
        shutil.copy2(ROOT / name, source / name)
    options = ["--quiet", "--no-deps", "--no-build-isolation", "--wheel-dir", str(folder)]
    run([sys.executable, "-m", "pip", "wheel", *options, str(source)], folder)
    (wheel,) = folder.glob("*.whl")
    return wheel


@dataclass(frozen=True)
class Installation:
    """A virtual environment with the wheel; the requirements are those of the tests' own."""

    environment: Path

    @classmethod
    def make(cls, wheel: Path, environment: Path) -> "Installation":
        run([sys.executable, "-m", "venv", "--without-pip", str(environment)])
        made = cls(environment)
        (made.packages / "requirements.pth").write_text(sysconfig.get_path("purelib"))
        pip = [sys.executable, "-m", "pip", "--python", str(environment / "bin" / "python")]
        run([*pip, "install", "--quiet", "--no-deps", "--no-index", str(wheel)])
        return made

    @property
    def packages(self) -> Path:
        (folder,) = self.environment.glob("lib/python3*/site-packages")
        return folder

    def foresee(self, folder: Path, *arguments: str, **variables: str) -> str:
        """What the command prints when it is run in this folder; AssertionError if it fails."""
        return run([self._command, *arguments], folder, _bare_environment(**variables))

    @contextmanager
    def demo(self, folder: Path, port: int) -> Iterator["subprocess.Popen[bytes]"]:
        """`foresee demo` in this folder, which writes to `demo.log` beside it."""
        with folder.with_name("demo.log").open("wb") as log:
            process = subprocess.Popen(
                [self._command, "demo"], cwd=folder, env=_bare_environment(PORT=str(port)),
                stdout=log, stderr=log, start_new_session=True,
            )  # fmt: skip
        try:
            yield process
        finally:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()

    @property
    def _command(self) -> str:
        return str(self.environment / "bin" / "foresee")


def _bare_environment(**variables: str) -> dict[str, str]:
    """Neither the tests' settings nor a path to the checkout reach what is installed."""
    return {"PATH": os.environ["PATH"], "HOME": os.environ.get("HOME", "/"), **variables}


def run(command: list[str], folder: Path | None = None, env: dict[str, str] | None = None) -> str:
    done = subprocess.run(
        command, cwd=folder, env=env, capture_output=True, text=True, check=False, timeout=300
    )
    assert done.returncode == 0, f"{command}: {done.stdout}{done.stderr}"
    return done.stdout
