"""The web server: `python -m study.web_server`, with the reason for each setting of granian."""

import multiprocessing
import os
from typing import Any

from granian import Granian
from granian.constants import HTTPModes, Interfaces
from granian.http import HTTP1Settings

from study.configuration import env
from study.monitoring.logs import logging_settings
from study.orphans import stop_when_orphaned, stop_when_supervisor_ends

PORT = env.read_int("PORT", 8000, minimum=1)
# Each process counts its requests in a file here, so that /metrics covers all of them. Must be set
# before Django is loaded; main() deletes the files of an earlier start.
METRICS_DIR = env.read_path("VAR_DIR", env.HOME / "var") / "metrics" / str(PORT)
os.environ["PROMETHEUS_MULTIPROC_DIR"] = str(METRICS_DIR)


def server_settings() -> dict[str, Any]:
    return dict(  # noqa: C408 - reads like the call that it is for
        # Only this machine by default: a reverse proxy with TLS belongs in front.
        address=env.read_text("BIND", "127.0.0.1"),
        port=PORT,
        interface=Interfaces.WSGI,
        # A process uses one core.
        workers=env.read_int("WEB_PROCESSES", 2, minimum=1),
        # Requests wait for the database, so each process has several threads. Each thread keeps
        # its connection to the database, so idle threads stay for a while.
        blocking_threads=env.read_int("WEB_THREADS", 4, minimum=1),
        blocking_threads_idle_timeout=600,
        # Further requests wait; an open connection alone takes no thread.
        backlog=2048,
        backpressure=2048,
        http=HTTPModes.http1,
        websockets=False,
        # A participant reads for seconds between two pages and then uses the same connection. No
        # browser sends larger headers than these.
        http1_settings=HTTP1Settings(header_read_timeout=20_000, max_buffer_size=64 * 1024),
        # Replace a killed process at once.
        respawn_failed_workers=True,
        respawn_interval=0.5,
        # On a stop, current requests may finish, but Ctrl-C must not take long.
        workers_kill_timeout=3,
        # The server's own lines have the common format. study/monitoring/request_log.py logs
        # requests, without addresses.
        log_dictconfig=_logging(),
    )


def make_application() -> Any:
    """Return the WSGI application; granian calls this in each of its processes."""
    # A killed server cannot end its processes, so each watches its parent. The number comes from
    # the parent: of a server that was killed before this line, getppid() knows nothing.
    server = multiprocessing.parent_process()
    stop_when_orphaned(server.pid if server and server.pid else os.getppid(), insist=True)
    from study.wsgi import application

    return application


def _logging() -> dict[str, Any]:
    settings = logging_settings(env.read_text("LOG_FORMAT", "text"), "INFO")
    settings["loggers"]["_granian"] = {"propagate": True, "handlers": []}
    return settings


def main() -> None:
    METRICS_DIR.mkdir(parents=True, exist_ok=True)
    for file in METRICS_DIR.glob("*.db"):
        file.unlink()
    stop_when_supervisor_ends()
    Granian("study.web_server:make_application", factory=True, **server_settings()).serve()


if __name__ == "__main__":
    main()
