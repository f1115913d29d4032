"""What bots open pages with: the application itself, or a running server over HTTP."""

from dataclasses import dataclass
from http.client import HTTPException, HTTPResponse
from http.cookiejar import CookieJar
from typing import Any, Protocol
from urllib.error import HTTPError, URLError
from urllib.parse import urlencode, urljoin, urlsplit
from urllib.request import HTTPCookieProcessor, HTTPRedirectHandler, Request, build_opener

from django.conf import settings
from django.test import Client

from surveys.errors import BotError
from surveys.participation.identity import COOKIE

REDIRECTS = (301, 302, 303)


@dataclass(frozen=True)
class Reply:
    """What a server answered."""

    status: int
    text: str
    # Where it redirects to; empty when it does not.
    location: str = ""


class Browser(Protocol):
    """Keeps cookies; does not follow redirects by itself."""

    def get(self, address: str) -> Reply: ...

    def post(self, address: str, data: dict[str, Any]) -> Reply: ...

    def visit_cookie(self) -> str:
        """The cookie that says who the visitor is; empty without one."""


class InProcess:
    """Calls the application directly, with all its checks on."""

    def __init__(self) -> None:
        host = next((name for name in settings.ALLOWED_HOSTS if "*" not in name), "localhost")
        self.client = Client(enforce_csrf_checks=True, headers={"host": host})
        # Over HTTPS, Django wants to see that a form was sent from its own page.
        self.origin = f"{'https' if settings.HTTPS else 'http'}://{host}"

    def get(self, address: str) -> Reply:
        return self._reply(self.client.get(address, secure=settings.HTTPS))

    def post(self, address: str, data: dict[str, Any]) -> Reply:
        headers = {"origin": self.origin}
        return self._reply(self.client.post(address, data, secure=settings.HTTPS, headers=headers))

    def visit_cookie(self) -> str:
        morsel = self.client.cookies.get(COOKIE)
        return morsel.value if morsel else ""

    def _reply(self, response: Any) -> Reply:
        location = response.headers.get("Location", "")
        return Reply(response.status_code, response.content.decode(), location)


class _NoRedirects(HTTPRedirectHandler):
    def redirect_request(self, *args: Any, **kwargs: Any) -> None:
        return None


class OverHttp:
    """Sends real requests to a server that uses the same database and secret key."""

    def __init__(self, site: str) -> None:
        self.site = site.rstrip("/")
        self.cookies = CookieJar()
        self.opener = build_opener(HTTPCookieProcessor(self.cookies), _NoRedirects())

    def get(self, address: str) -> Reply:
        return self._send(Request(urljoin(self.site, address)))  # noqa: S310 - scheme is checked

    def post(self, address: str, data: dict[str, Any]) -> Reply:
        body = urlencode(data, doseq=True).encode()
        headers = {"Origin": self.site}
        return self._send(Request(urljoin(self.site, address), body, headers))  # noqa: S310

    def visit_cookie(self) -> str:
        return next((cookie.value or "" for cookie in self.cookies if cookie.name == COOKIE), "")

    def _send(self, request: Request) -> Reply:
        if urlsplit(request.full_url).scheme not in ("http", "https"):
            raise BotError(f"{self.site} must begin with http:// or https://.")
        try:
            return self._read(request)
        except (URLError, HTTPException, OSError) as error:
            reason = getattr(error, "reason", "") or type(error).__name__
            raise BotError(
                f"No server answers at {self.site} ({reason}); start one, or leave --url out."
            ) from error

    def _read(self, request: Request) -> Reply:
        try:
            response: HTTPResponse | HTTPError = self.opener.open(request, timeout=60)
        except HTTPError as error:
            response = error
        with response:
            text = response.read().decode()
            return Reply(int(response.status or 0), text, response.headers.get("Location", ""))
