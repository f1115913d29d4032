"""System checks over combinations of settings."""

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Warning, register


@register()
def secret_key_is_stored(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    if settings.STORED_SECRET_KEY or settings.DEBUG:
        return []
    return [
        Warning(
            "No secret key is stored, so everybody is signed out when the server restarts.",
            hint="Set SECRET_KEY or SECRET_KEY_FILE; `make demo` creates var/secret_key.",
            id="study.W001",
        )
    ]


@register()
def site_is_served_over_https(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    only_here = set(settings.ALLOWED_HOSTS) <= {"localhost", "127.0.0.1", "[::1]", "testserver"}
    if settings.HTTPS or settings.DEBUG or only_here:
        return []
    return [
        Warning(
            "The server has a public name, but answers and passwords are sent unencrypted.",
            hint="Put a reverse proxy with TLS in front and set HTTPS=true.",
            id="study.W002",
        )
    ]


@register()
def clients_are_distinguishable(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """HTTPS implies a reverse proxy; without PROXY_COUNT, every client has its address."""
    if not settings.HTTPS or settings.PROXY_COUNT:
        return []
    return [
        Warning(
            "HTTPS is set but PROXY_COUNT is not, so every client seems to have the proxy's "
            "address: entries are not limited, and sign-ins are limited together.",
            hint="Set PROXY_COUNT to the number of your own reverse proxies, usually 1.",
            id="study.W003",
        )
    ]
