"""Servers of one test's own, which it may stop, kill and start again."""

import os
import shutil
import signal
import socket
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import psycopg
import pytest

from tests.services.brokers import answers
from tests.services.processes import wait_until


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


class Server(Protocol):
    """A server with an address, which is the same after a restart."""

    address: str

    def start(self) -> None: ...

    def kill(self) -> None: ...


def _end(process: subprocess.Popen[bytes]) -> None:
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()


class Redis:
    """Without any file: a restart forgets every message, the worst that Redis can do."""

    def __init__(self, folder: Path) -> None:
        self.program = shutil.which("redis-server")
        if self.program is None:
            pytest.skip("redis-server is not installed.")
        self.folder, self.port = folder, free_port()
        self.address = f"redis://127.0.0.1:{self.port}/0"

    def start(self) -> None:
        self.process = subprocess.Popen(
            [str(self.program), "--port", str(self.port), "--save", "", "--appendonly", "no"],
            cwd=self.folder, stdout=subprocess.DEVNULL, start_new_session=True,
        )  # fmt: skip
        wait_until(lambda: answers(self.address), 60)

    def kill(self) -> None:
        _end(self.process)


class RabbitMq:
    """A node of its own, which keeps its messages on disk."""

    def __init__(self, folder: Path) -> None:
        if shutil.which("rabbitmq-server") is None or os.geteuid() != 0:
            pytest.skip("rabbitmq-server is not installed, or only root may start it.")
        self.folder, self.port = folder, free_port()
        self.address = f"amqp://guest:guest@127.0.0.1:{self.port}"

    def start(self) -> None:
        environment = {
            **os.environ,
            "RABBITMQ_NODENAME": f"faults{self.port}@localhost",
            "RABBITMQ_CONFIG_FILE": str(self._settings()),
            "RABBITMQ_CONF_ENV_FILE": os.devnull,
            "RABBITMQ_DIST_PORT": str(free_port()),
            "RABBITMQ_MNESIA_BASE": str(self.folder / "mnesia"),
            "RABBITMQ_LOG_BASE": str(self.folder / "log"),
            "RABBITMQ_ENABLED_PLUGINS_FILE": str(self.folder / "plugins"),
            "HOME": str(self.folder),
        }
        program = Path("/usr/lib/rabbitmq/bin/rabbitmq-server")
        with (self.folder / "rabbitmq.out").open("ab") as log:
            self.process = subprocess.Popen(
                [str(program) if program.exists() else "rabbitmq-server"],
                env=environment, stdout=log, stderr=log, start_new_session=True,
            )  # fmt: skip
        wait_until(lambda: answers(self.address), 180, "RabbitMQ never started.")

    def _settings(self) -> Path:
        """Its own port, which the system's settings would override, and no plugins."""
        (self.folder / "plugins").write_text("[].")
        path = self.folder / "rabbitmq.conf"
        path.write_text(f"listeners.tcp.1 = 127.0.0.1:{self.port}\n")
        return path

    def kill(self) -> None:
        _end(self.process)


@dataclass
class PostgreSql:
    """A throw-away cluster, new or as a stopped one was, run by the user postgres as it must be."""

    folder: Path
    copy_of: "PostgreSql | None" = None

    def __post_init__(self) -> None:
        found = sorted(Path("/usr/lib/postgresql").glob("*/bin"))
        if not found or os.geteuid() != 0:
            pytest.skip("PostgreSQL's server is not installed, or only root may start a cluster.")
        self.programs, self.port = found[-1], free_port()
        self.address = f"postgresql://postgres@127.0.0.1:{self.port}/postgres"
        self.data = self.folder / "data"
        self.folder.mkdir(parents=True)
        shutil.chown(self.folder, "postgres")
        if self.copy_of:
            copy = ["/bin/cp", "--archive", str(self.copy_of.data), str(self.data)]
            subprocess.run(copy, check=True)
        else:
            self._run("initdb", "-D", str(self.data), "-A", "trust", "-U", "postgres")

    def start(self) -> None:
        options = f"-p {self.port} -c listen_addresses=127.0.0.1 -c unix_socket_directories="
        self._control("start", "-w", "-o", options, "-l", str(self.folder / "log"))

    def stop(self) -> None:
        """As an upgrade of the package does it: connections are cut."""
        self._control("stop", "-m", "fast", "-w")

    def kill(self) -> None:
        """As a loss of power does it, but for what the disk still had to write."""
        self._control("stop", "-m", "immediate", "-w")

    def query(self, statement: str) -> list[tuple[object, ...]]:
        with psycopg.connect(self.address) as there:
            return there.execute(statement.encode()).fetchall()

    def _control(self, *words: str) -> None:
        self._run("pg_ctl", "-D", str(self.data), *words)

    def _run(self, program: str, *words: str) -> None:
        subprocess.run(
            ["/usr/bin/setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups",
             str(self.programs / program), *words],
            check=True, stdout=subprocess.DEVNULL, cwd="/",
        )  # fmt: skip
