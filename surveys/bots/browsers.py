"""What bots open pages with: the application in this process, or a running server over HTTP."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any, cast

import httpx2
from django.conf import settings
from django.core.handlers.wsgi import WSGIHandler, WSGIRequest
from django.http import HttpResponse

from surveys.errors import BotError
from surveys.participation.people.identity import COOKIE

REDIRECTS = (301, 302, 303)
SECONDS = 60


@dataclass(frozen=True)
class Reply:
    """What a server answered."""

    status: int
    text: str
    # Where it redirects to; empty when it does not.
    location: str = ""


class Browser:
    """Keeps cookies and sends forms as from their own page; does not follow redirects by itself."""

    def __init__(self, client: httpx2.Client) -> None:
        self.client = client

    def get(self, address: str) -> Reply:
        return self._send("GET", address)

    def post(self, address: str, data: dict[str, Any]) -> Reply:
        return self._send("POST", address, data)

    def visit_cookie(self) -> str:
        """Return the cookie that says who the visitor is; empty without one."""
        return next((row.value or "" for row in self.client.cookies.jar if row.name == COOKIE), "")

    def _send(self, method: str, address: str, data: dict[str, Any] | None = None) -> Reply:
        origin = {"Origin": str(self.client.base_url).rstrip("/")} if data is not None else {}
        try:
            response = self.client.request(method, address, data=data, headers=origin)
        except (httpx2.HTTPError, httpx2.InvalidURL) as error:
            site = self.client.base_url
            raise BotError(
                f"No server answers at {site} ({error}); start one, or leave --url out."
            ) from error
        return Reply(response.status_code, response.text, response.headers.get("Location", ""))


class InProcess(Browser):
    """Calls the application directly, with all its checks on."""

    def __init__(self) -> None:
        host = next((name for name in settings.ALLOWED_HOSTS if "*" not in name), "localhost")
        site = f"{'https' if settings.HTTPS else 'http'}://{host}"
        super().__init__(httpx2.Client(transport=_application(), base_url=site))


class OverHttp(Browser):
    """Sends real requests to a server that uses the same database and secret key."""

    def __init__(self, site: str) -> None:
        if not site.startswith(("http://", "https://")):
            raise BotError(f"{site} must begin with http:// or https://.")
        # Each request has a connection of its own: hundreds of idle ones would use up the server's.
        limits = httpx2.Limits(max_keepalive_connections=0)
        super().__init__(httpx2.Client(base_url=site, timeout=SECONDS, limits=limits))


class _Application:
    """The server's application, but for the end of a request, which closes database connections.

    A bot is one transaction of the process that it runs in.
    """

    def __init__(self) -> None:
        self.handler = WSGIHandler()

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> list[bytes]:
        response = cast(HttpResponse, self.handler.get_response(WSGIRequest(environ)))
        cookies = [("Set-Cookie", row.output(header="")) for row in response.cookies.values()]
        status = f"{response.status_code} {response.reason_phrase}"
        start_response(status, [*response.items(), *cookies])
        return [response.content]


@cache
def _application() -> httpx2.WSGITransport:
    return httpx2.WSGITransport(app=_Application())
