"""Probes for the site: secret key, address, proxy, static files, backup."""

from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

from django.conf import settings
from django.http.request import validate_host
from django.utils import timezone
from django.utils.timesince import timesince

from study.configuration.commands import demo
from study.probes.probe import Finding, Probe, ok
from study.probes.static_files import ADVICE, find_uncollected

BACKUP_WITHIN = timedelta(days=1)
ONLY_HERE = {"localhost", "127.0.0.1", "::1", "[::1]", "testserver"}


def secret_key() -> Finding:
    if settings.STORED_SECRET_KEY:
        return ok("Stored.")
    return Finding(
        "missing",
        "No secret key is stored, so researchers are signed out and participants lose their place "
        "whenever the server restarts.",
        f"Set SECRET_KEY or SECRET_KEY_FILE; `{demo()}` writes var/secret_key.",
    )


def address() -> Finding:
    site = urlsplit(settings.SITE_URL)
    host = site.hostname or ""
    if {host, *settings.ALLOWED_HOSTS} <= ONLY_HERE:
        return Finding(
            "note",
            f"SITE_URL is {settings.SITE_URL}, which only this machine can open.",
            "On a server that others reach, set SITE_URL, ALLOWED_HOSTS and HTTPS=true.",
        )
    is_known = validate_host(host, settings.ALLOWED_HOSTS)
    found = (
        f"SITE_URL is {settings.SITE_URL}, HTTPS is {'on' if settings.HTTPS else 'off'}"
        f"{'' if is_known else f', and ALLOWED_HOSTS lacks {host}'}."
    )
    if settings.HTTPS and site.scheme == "https" and is_known:
        return ok(found)
    return Finding(
        "missing",
        found,
        "Put a proxy with TLS in front, and set HTTPS=true, SITE_URL to an address with https:// "
        "and ALLOWED_HOSTS to its name.",
    )


def proxy() -> Finding:
    """HTTPS implies a reverse proxy; without PROXY_COUNT, every client has its address."""
    if settings.PROXY_COUNT or not settings.HTTPS:
        return ok(f"{settings.PROXY_COUNT} in front.")
    return Finding(
        "missing",
        "HTTPS is on but PROXY_COUNT is 0, so all clients seem to have the proxy's address: "
        "entries are not limited, and sign-ins are limited together.",
        "Set PROXY_COUNT to the number of your own reverse proxies, usually 1.",
    )


def debug() -> Finding:
    if not settings.DEBUG:
        return ok("DEBUG is off.")
    return Finding("note", "DEBUG is on.", "Set DEBUG=false.")


def static_files() -> Finding:
    missing = find_uncollected()
    if not missing:
        return ok("All static files are collected.")
    return Finding(
        "missing",
        f"{len(missing)} static files, such as {missing[0]}, are not in {settings.STATIC_ROOT}, "
        "so no page can be shown.",
        ADVICE,
    )


def backup() -> Finding:
    stamp = Path(settings.BACKUP_STAMP)
    remedy = (
        f"Back up the database and {settings.VAR_DIR}. The backup script must touch {stamp} when "
        "it has finished."
    )
    try:
        made = stamp.stat().st_mtime
    except OSError:
        return Finding("note", f"No backup is known: {stamp} does not exist.", remedy)
    now = timezone.now()
    age = max(timedelta(seconds=now.timestamp() - made), timedelta())
    found = f"The last backup is {timesince(now - age, now, depth=1)} old."
    return ok(found) if age <= BACKUP_WITHIN else Finding("note", found, remedy)


PROBES = (
    Probe("secret key", secret_key, "study.W001", "The secret key is stored"),
    Probe("address", address, "study.W002", "Participants connect over HTTPS"),
    Probe("proxy", proxy, "study.W003"),
    Probe("debug", debug, before_opening="Error pages show no settings"),
    Probe("static", static_files, before_opening="The pages' static files are collected"),
    Probe("backup", backup, before_opening="A backup was made in the last 24 hours"),
)
