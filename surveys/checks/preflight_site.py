"""Before opening: is this server fit for real participants?"""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

from django.conf import settings
from django.utils import timezone
from django.utils.timesince import timesince

from study.configuration.commands import WORKER, demo, target
from study.server.static_files import ADVICE, find_uncollected
from surveys.checks.point import Point, State, point
from surveys.models import PreflightRun

BACKUP_WITHIN = timedelta(days=1)
WORKER_WITHIN = timedelta(minutes=15)
# Until then, a worker that is busy with something else may still answer.
PATIENCE = timedelta(minutes=1)
ONLY_HERE = {"localhost", "127.0.0.1", "::1"}


def site_points(last_run: PreflightRun | None) -> Iterator[Point]:
    yield point(
        "The secret key is stored",
        bool(settings.STORED_SECRET_KEY),
        "Participants keep their place when the server restarts."
        if settings.STORED_SECRET_KEY
        else "A restart makes a new key, and everybody who is under way would lose their place.",
        f"Set SECRET_KEY or SECRET_KEY_FILE; {demo()} writes var/secret_key.",
    )
    yield _address()
    yield point(
        "Error pages show no settings",
        not settings.DEBUG,
        "DEBUG is off." if not settings.DEBUG else "DEBUG is on.",
        "Set DEBUG=false.",
    )
    yield _static_files()
    yield _backup()
    yield _worker(last_run)


def _address() -> Point:
    title = "Participants reach it over an encrypted connection"
    site = urlsplit(settings.SITE_URL)
    host = site.hostname or ""
    if host in ONLY_HERE:
        return Point(
            title,
            State.UNMET,
            f"SITE_URL is {settings.SITE_URL}, which only this machine can open.",
            "On a server that others reach, set SITE_URL, ALLOWED_HOSTS and HTTPS=true.",
        )
    is_known = any(
        name == "*" or host == name or (name.startswith(".") and host.endswith(name))
        for name in settings.ALLOWED_HOSTS
    )
    return point(
        title,
        settings.HTTPS and site.scheme == "https" and is_known,
        f"SITE_URL is {settings.SITE_URL}, HTTPS is {'on' if settings.HTTPS else 'off'}"
        f"{'' if is_known else f', and ALLOWED_HOSTS lacks {host}'}.",
        "Put a proxy with TLS in front, set HTTPS=true, an address with https:// as SITE_URL and "
        "its name in ALLOWED_HOSTS.",
    )


def _static_files() -> Point:
    missing = find_uncollected()
    return point(
        "The pages' static files are collected",
        not missing,
        "Every static file is in its place."
        if not missing
        else f"{len(missing)} static files, such as {missing[0]}, are not in "
        f"{settings.STATIC_ROOT}, so that no page can be shown.",
        ADVICE,
    )


def _backup() -> Point:
    title, stamp = "There is a backup of today", Path(settings.BACKUP_STAMP)
    advice = (
        f"Back up the database and {settings.VAR_DIR}, and let the script touch {stamp} when it "
        "is through; its time is what counts here."
    )
    try:
        made = stamp.stat().st_mtime
    except OSError:
        return Point(title, State.UNMET, f"{stamp} does not exist, so none is known.", advice)
    age = timedelta(seconds=timezone.now().timestamp() - made)
    return point(title, age <= BACKUP_WITHIN, f"The last one is {_words(age)} old.", advice)


def _worker(last_run: PreflightRun | None) -> Point:
    title, now = "A worker answers", timezone.now()
    advice = "Press “Run the checks”; a worker that answers does them within seconds."
    if last_run is None:
        return Point(title, State.UNKNOWN, "It was not asked yet.", advice)
    if last_run.finished_at is not None and not last_run.is_finished:
        found = f"The checks did not finish. {last_run.error}".strip()
        return Point(title, State.UNKNOWN, found, advice)
    if last_run.finished_at is not None:
        age = now - last_run.finished_at
        if age > WORKER_WITHIN:
            return Point(title, State.UNKNOWN, f"It did {_words(age)} ago.", advice)
        took = (last_run.finished_at - last_run.created_at).total_seconds()
        return Point(title, State.MET, f"It took {took:.0f} seconds to do the checks.")
    waited = now - last_run.created_at
    if last_run.sent_at is not None and waited <= PATIENCE:
        return Point(title, State.UNKNOWN, "It was asked just now.", "Wait for it.")
    return Point(
        title,
        State.UNMET,
        last_run.notice or f"It was asked {_words(waited)} ago and has not answered.",
        f"Start a worker ({target('worker', WORKER)}) and see that CELERY_BROKER_URL is the same "
        "for it and for the web server.",
    )


def _words(age: timedelta) -> str:
    now = timezone.now()
    return timesince(now - max(age, timedelta()), now, depth=1)
