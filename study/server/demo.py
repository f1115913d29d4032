"""Sets up the demo on a fresh machine; every step can be repeated."""

import os
import secrets
import socket
import sys
from io import StringIO
from pathlib import Path

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.management import call_command

from accounts.sign_in.researchers import give_one_time_password
from study.configuration import env
from study.configuration.commands import target
from study.probes import services

RESEARCHER = "researcher"
# Web server and worker, as honcho starts them.
PROCFILE = Path(__file__).with_name("Procfile")


def make_secret_key(path: Path) -> None:
    """Create this installation's secret key, readable by its owner only, unless it exists."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if not path.exists():
        path.touch(mode=0o600)
        path.write_text(secrets.token_urlsafe(50))


def use_new_key(path: Path) -> None:
    """Key the audit log with the new secret key, which this process had not read at its start."""
    if not settings.STORED_AUDIT_KEY:
        settings.AUDIT_KEY = settings.STORED_AUDIT_KEY = path.read_text()


def require_free_port(host: str, port: int) -> None:
    """Raise ImproperlyConfigured if another program listens on the port."""
    with socket.socket() as probe:
        # As for the server, a port whose connections are closing counts as free.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            again = target(f"demo PORT={port + 1}", f"PORT={port + 1} foresee demo")
            raise ImproperlyConfigured(
                f"Port {port} of {host} cannot be used ({error.strerror}); stop the program that "
                f"uses it, or choose another port: {again}."
            ) from error


def again() -> str:
    """Return the command that begins a fresh demo study."""
    return target("demo-reset", "foresee load_demo --again")


def require_services() -> None:
    """Raise ImproperlyConfigured if the database or the broker does not answer."""
    for name, look, embedded in (
        ("DATABASE_URL", services.database, "SQLite"),
        ("CELERY_BROKER_URL", services.broker, "the embedded one"),
    ):
        finding = look()
        if finding.state == "missing":
            raise ImproperlyConfigured(
                f"The service of {name} cannot be used: {finding.found} Start it, or unset {name} "
                f"to use {embedded}."
            )


def prepare(verbosity: int = 0) -> tuple[str, str]:
    """Set up everything that the demo needs.

    Returns the line that says where to take part, and the researcher's new password.
    """
    key = settings.VAR_DIR / "secret_key"
    make_secret_key(key)
    use_new_key(key)
    require_free_port(env.read_text("BIND", "127.0.0.1"), settings.PORT)
    require_services()
    call_command("migrate", interactive=False, verbosity=verbosity)
    call_command("collectstatic", interactive=False, verbosity=verbosity)
    password = give_one_time_password(RESEARCHER)
    entry = call_command("load_demo", owner=RESEARCHER, verbosity=verbosity, stdout=StringIO())
    return entry, password


def servers() -> tuple[list[str], dict[str, str]]:
    """Return the command that runs web server and worker together, and its environment."""
    # honcho would parse .env by its own rules; each process reads it by ours.
    options = ["--env", os.devnull, "--no-colour", "--procfile", str(PROCFILE)]
    command = [sys.executable, "-m", "study.server.processes", *options, "start"]
    # honcho assigns each process another port, so the address is passed to the worker.
    address = {"PORT": str(settings.PORT), "SITE_URL": settings.SITE_URL}
    return command, {**os.environ, **address, "PYTHON": sys.executable}
