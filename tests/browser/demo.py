"""What `make demo` starts, run for a test: its own processes, database and files."""

import os
import re
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from django.conf import settings

from tests.faults.servers import free_port
from tests.services.processes import wait_until

INSTALLED = ".venv/installed"
# The web server says that it listens before anything answers; its workers say when they do.
IS_UP = ("Started worker-1", "Started worker-2", "celery.apps.worker celery@")


@dataclass(frozen=True)
class Demo:
    """What the command printed."""

    address: str
    password: str


@contextmanager
def make_demo(folder: Path) -> Iterator[Demo]:
    """`make demo` on a free port with its files in `folder`, ended by Ctrl-C."""
    if not (settings.BASE_DIR / INSTALLED).exists():
        pytest.skip(f"there is no {INSTALLED}: `make demo` would download packages first.")
    port, log = free_port(), folder / "demo.log"
    # What is installed is taken as it is, however new the checkout's requirements look.
    address = f"http://127.0.0.1:{port}"
    command = ["make", f"--old-file={INSTALLED}", "demo", f"PORT={port}"]
    with log.open("wb") as out:
        process = subprocess.Popen(
            command, cwd=settings.BASE_DIR, env=_environment(folder, address),
            stdout=out, stderr=out, start_new_session=True,
        )  # fmt: skip
    try:
        wait_until(
            lambda: process.poll() is not None or all(text in log.read_text() for text in IS_UP)
        )
        printed = log.read_text()
        assert process.poll() is None, printed
        (password,) = re.findall(r"with password +(\S+)", printed)
        assert f"Take part        {address}/s/demo/" in printed
        yield Demo(address, password)
        os.killpg(process.pid, signal.SIGINT)
        # The signal reaches make, too, which then has no status of its own to give.
        process.wait(60)
        assert log.read_text().count("stopped (rc=0)") == 2, log.read_text()
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def _environment(folder: Path, address: str) -> dict[str, str]:
    """Nothing of the checkout's own .env may reach the demo, such as a database that is in use."""
    return {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "study.settings",
        "DATABASE_URL": f"sqlite:///{folder / 'var' / 'db.sqlite3'}",
        "CELERY_BROKER_URL": "",
        "BIND": "127.0.0.1",
        "SITE_URL": address,
        "VAR_DIR": str(folder / "var"),
        "BUILDS_DIR": str(folder / "var" / "builds"),
        "REPORTS_DIR": str(folder / "var" / "reports"),
    }
