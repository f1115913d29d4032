"""The web server: `python -m study.web_server`. Each setting of granian has its reason here."""

import os
from typing import Any

from granian import Granian
from granian.constants import HTTPModes, Interfaces
from granian.http import HTTP1Settings

from study.configuration import env
from study.monitoring.logs import logging_settings
from study.orphans import stop_when_orphaned, stop_when_supervisor_ends

PORT = env.read_int("PORT", 8000, minimum=1)
# Each process counts its requests in a file here, so that /metrics tells of all of them. It must
# be set before Django is loaded, and what an earlier start counted is over.
METRICS_DIR = env.read_path("VAR_DIR", env.HOME / "var") / "metrics" / str(PORT)
os.environ["PROMETHEUS_MULTIPROC_DIR"] = str(METRICS_DIR)


def server_settings() -> dict[str, Any]:
    return dict(  # noqa: C408 - reads like the call that it is for
        # Only this machine, unless BIND says otherwise: a reverse proxy with TLS belongs in front.
        address=env.read_text("BIND", "127.0.0.1"),
        port=PORT,
        interface=Interfaces.WSGI,
        # A process uses one core.
        workers=env.read_int("WEB_PROCESSES", 2, minimum=1),
        # Requests wait for the database, so some threads each. Each keeps its connection to the
        # database, so they are not ended when nothing is to be done for a while.
        blocking_threads=env.read_int("WEB_THREADS", 4, minimum=1),
        blocking_threads_idle_timeout=600,
        # What is beyond waits for its turn; an open connection alone takes no thread.
        backlog=2048,
        backpressure=2048,
        http=HTTPModes.http1,
        websockets=False,
        # A participant reads for seconds between two pages; the next one comes over the same
        # connection. Headers larger than these are no browser's.
        http1_settings=HTTP1Settings(header_read_timeout=20_000, max_buffer_size=64 * 1024),
        # A process that was killed is replaced at once.
        respawn_failed_workers=True,
        respawn_interval=0.5,
        # On a stop, requests under way may finish, but Ctrl-C must not take long.
        workers_kill_timeout=3,
        # The server's own lines look like all others. Requests are logged without addresses by
        # study/monitoring/request_log.py.
        log_dictconfig=_logging(),
    )


def make_application() -> Any:
    """Called in each process of the server."""
    # Also where the server itself is killed and cannot end its processes.
    stop_when_orphaned(os.getppid())
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
