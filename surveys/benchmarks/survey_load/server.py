"""Starts the production web server for a load, and says what it took."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import psutil
from django.conf import settings

from surveys.benchmarks.survey_load.person import UnexpectedPage

START_SECONDS = 60


class Server:
    """The web server and its processes."""

    def __init__(self, process: psutil.Popen, site: str) -> None:
        self.process = process
        self.site = site

    def cpu_seconds(self) -> float:
        times = [each.cpu_times() for each in self._processes()]
        return float(sum(each.user + each.system for each in times))

    def memory_mib(self) -> float:
        """Proportional set size of all its processes: shared pages count once."""
        total = 0
        for each in self._processes():
            with suppress(psutil.NoSuchProcess):
                total += each.memory_full_info().pss
        return float(total / 2**20)

    def _processes(self) -> list[psutil.Process]:
        return [self.process, *self.process.children(recursive=True)]


@contextmanager
def running_server() -> Iterator[Server]:
    """The web server on a free port of this machine, until the block is left.

    Raises UnexpectedPage where it does not come up.
    """
    port = _free_port()
    site = f"http://127.0.0.1:{port}"
    process = psutil.Popen(
        [sys.executable, "-m", "study.web_server"],
        cwd=settings.BASE_DIR,
        env=_environment(port, site),
    )
    try:
        _wait_for(process, port)
        yield Server(process, site)
    finally:
        process.terminate()
        try:
            process.wait(timeout=15)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _environment(port: int, site: str) -> dict[str, str]:
    """Ours, with its own address and our key: what it signs is read here afterwards."""
    own = {"PORT": str(port), "SITE_URL": site, "SECRET_KEY": settings.SECRET_KEY}
    return {**os.environ, **own}


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


def _wait_for(process: psutil.Popen, port: int) -> None:
    end = time.monotonic() + START_SECONDS
    while time.monotonic() < end and process.poll() is None:
        with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            return
        # A real server takes as long as it takes to load.
        time.sleep(0.1)
    raise UnexpectedPage(f"The web server did not come up within {START_SECONDS} seconds.")
