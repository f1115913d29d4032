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
            hint="Set SECRET_KEY or SECRET_KEY_FILE; `make demo` makes var/secret_key.",
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
            "The server has a public name, but answers and passwords travel unencrypted.",
            hint="Put a reverse proxy with TLS in front and set HTTPS=true.",
            id="study.W002",
        )
    ]


@register()
def visitors_can_be_told_apart(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """HTTPS means a proxy of ours in front: its address would be everybody's."""
    if not settings.HTTPS or settings.PROXY_COUNT:
        return []
    return [
        Warning(
            "The server is behind a proxy, but does not know it: all visitors seem to have the "
            "proxy's address, so that entries are not limited and sign-ins are limited together.",
            hint="Set PROXY_COUNT to the number of your own proxies in front, mostly 1.",
            id="study.W003",
        )
    ]
