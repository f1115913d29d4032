"""Settings of gunicorn: `gunicorn --config study/web_server.py study.wsgi`."""

from typing import Any

from study import env
from study.orphans import stop_when_orphaned

# Only this machine, unless BIND says otherwise: a reverse proxy with TLS belongs in front.
bind = f"{env.read_text('BIND', '127.0.0.1')}:{env.read_int('PORT', 8000, minimum=1)}"

# Requests wait for the database, so a thread each; a second process uses the second core.
worker_class = "gthread"
workers = env.read_int("WEB_PROCESSES", 2, minimum=1)
threads = env.read_int("WEB_THREADS", 8, minimum=1)
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


def when_ready(server: Any) -> None:
    stop_when_orphaned()
