"""Django's test client, with a running server instead of the application at its other end."""

import http.client
from typing import Any
from urllib.parse import quote, urlsplit

from django.test import Client

# A server waits for a body that was promised and never comes; the attacker does not.
SECONDS = 3


class Answer:
    """What the tests read of a response. Status 0: the connection was closed without one."""

    streaming = False

    def __init__(self, status: int, content: bytes = b"", headers: Any = None) -> None:
        self.status_code, self.content, self.headers = status, content, headers or {}

    def get(self, name: str, default: str = "") -> str:
        return str(self.headers.get(name, default))


class OverHttp(Client):
    """Sends what Client would have called the application with to the server at `site`."""

    def __init__(self, site: str, **more: Any) -> None:
        super().__init__(**more)
        self.site = site

    def request(self, **request: Any) -> Any:
        # Django's stubs leave it out.
        environ = self._base_environ(**request)  # type: ignore[attr-defined]
        connection = http.client.HTTPConnection(urlsplit(self.site).netloc, timeout=SECONDS)
        try:
            self._send(connection, environ)
            return self._read(connection.getresponse())
        except (http.client.HTTPException, OSError):
            return Answer(0)
        finally:
            connection.close()

    def _send(self, connection: http.client.HTTPConnection, environ: dict[str, Any]) -> None:
        path = quote(environ["PATH_INFO"].encode("latin-1"))
        query = environ.get("QUERY_STRING", "")
        connection.putrequest(
            environ["REQUEST_METHOD"], f"{path}?{query}", skip_host=True, skip_accept_encoding=True
        )
        for name, value in _headers(environ, urlsplit(self.site).netloc).items():
            connection.putheader(name, str(value).encode("latin-1", "replace"))
        # All of it, whatever length the request claims to have.
        connection.endheaders(environ["wsgi.input"].read())

    def _read(self, response: http.client.HTTPResponse) -> Answer:
        for value in response.headers.get_all("Set-Cookie", []):
            self.cookies.load(value)
        return Answer(response.status, response.read(), response.headers)


def _headers(environ: dict[str, Any], host: str) -> dict[str, Any]:
    sent = {"Host": host}
    for name, value in environ.items():
        if name.startswith("HTTP_") and value != "":
            sent[name[5:].replace("_", "-").title()] = value
        elif name in ("CONTENT_TYPE", "CONTENT_LENGTH") and value != "":
            sent[name.replace("_", "-").title()] = value
    return sent
