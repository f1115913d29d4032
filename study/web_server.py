"""Settings of gunicorn: `gunicorn --config study/web_server.py study.wsgi`."""

import os
from pathlib import Path
from typing import Any

from study import env
from study.logs import logging_settings
from study.orphans import stop_when_orphaned

# Only this machine, unless BIND says otherwise: a reverse proxy with TLS belongs in front.
bind = f"{env.read_text('BIND', '127.0.0.1')}:{env.read_int('PORT', 8000, minimum=1)}"

# Requests wait for the database, so a thread each; a second process uses the second core.
worker_class = "gthread"
workers = env.read_int("WEB_PROCESSES", 2, minimum=1)
threads = env.read_int("WEB_THREADS", 4, minimum=1)
# Django is loaded once and shared by all processes; it opens no connection while it loads.
preload_app = True

# A page is answered in milliseconds: after this many seconds something hangs.
timeout = 60
# On a stop, requests under way may finish, but Ctrl-C must not take long.
graceful_timeout = 3
# A participant reads for seconds between two pages; the next one comes over the same connection.
keepalive = 15
# Threads mostly idle on kept connections; more of them than this are refused for a moment.
worker_connections = 1000
# No file of gunicorn's own in the home folder, where a second server would find it taken.
control_socket_disable = True
# gunicorn's own lines look like all others, and do not tell from where a request came.
logconfig_dict = logging_settings(env.read_text("LOG_FORMAT", "text"), "INFO")
logconfig_dict["loggers"]["gunicorn.error"] = {"propagate": True, "handlers": []}

# Each process counts its requests in a file here, so that /metrics tells of all of them. It must
# be set before Django is loaded, and what an earlier start counted is over.
METRICS_DIR = (
    env.read_path("VAR_DIR", Path(__file__).resolve().parent.parent / "var")
    / "metrics"
    / str(env.read_int("PORT", 8000, minimum=1))
)
os.environ["PROMETHEUS_MULTIPROC_DIR"] = str(METRICS_DIR)


def on_starting(server: Any) -> None:
    METRICS_DIR.mkdir(parents=True, exist_ok=True)
    for file in METRICS_DIR.glob("*.db"):
        file.unlink()


def when_ready(server: Any) -> None:
    stop_when_orphaned()
