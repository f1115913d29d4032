"""As whom hostile requests are sent, and what none of them may change."""

import hashlib
import json
from collections.abc import Callable
from contextlib import suppress
from http.cookies import CookieError
from typing import Any
from urllib.parse import quote

from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import SimpleCookie
from django.test import Client

from study.backup.tables import lines_of, stored_models
from surveys.models import Survey
from tests.fuzz.hostile import Hostile
from tests.surveys.visitor import Visitor
from tests.team import make_team, make_user

# Counted or noted for everybody who comes, hostile or not.
NOTED = {
    "surveys.survey": ("arrivals", "declined"),
    "surveys.trial": ("times_shown",),
    "auth.user": ("last_login",),
}
# Refused sign-ins are logged there; its own chain shows that it only grows.
GROWING = {"accounts.auditentry", "accounts.audithead"}


class Cast:
    """Browsers of people with very different rights, each in the middle of something."""

    def __init__(self, survey: Survey, make_browser: Callable[..., Client] = Client) -> None:
        self.survey, self.make_browser = survey, make_browser
        arrived, answering = Visitor(survey.slug), Visitor(survey.slug)
        arrived.arrive()
        answering.go_to("trial")
        self.browsers = {
            "nobody": self._browser(),
            "arrived": self._browser(arrived),
            "answering": self._browser(answering),
        }
        make_team(survey)
        make_user("eve")
        for name in ("cy", "eve"):
            self.browsers[name] = self._browser()
            self.sign_in(name)
        for browser in self.browsers.values():
            browser.raise_request_exception = False
        self.kept = {name: browser.cookies.output() for name, browser in self.browsers.items()}

    def _browser(self, of: Visitor | None = None) -> Client:
        browser = self.make_browser(enforce_csrf_checks=True)
        if of:
            browser.cookies = of.browser.cookies
        return browser

    def sign_in(self, name: str) -> None:
        self.browsers[name].force_login(User.objects.get(username=name))
        self.browsers[name].get("/console/account/password/")  # brings the form's secret

    def send(self, request: Hostile) -> Any:
        browser = self.browsers[request.actor]
        browser.cookies = SimpleCookie(self.kept[request.actor].replace("Set-Cookie: ", ""))
        for name, value in request.cookies.items():
            # Newer versions of Python refuse to send control characters.
            with suppress(CookieError):
                browser.cookies[name] = value
        response = self._send(browser, request)
        if request.actor in ("cy", "eve") and _is_signed_out(response):
            self.sign_in(request.actor)
            self.kept[request.actor] = browser.cookies.output()
        return response

    def _send(self, browser: Client, request: Hostile) -> Any:
        fields: dict[str, Any] = dict(request.fields)
        if request.with_token and "csrftoken" in browser.cookies:
            fields["csrfmiddlewaretoken"] = browser.cookies["csrftoken"].value
        if request.file is not None:
            fields["upload"] = SimpleUploadedFile("evil.toml", request.file)
        path = quote(_clean(request.path), safe="/%")
        query = "&".join(f"{quote(_clean(n))}={quote(_clean(v))}" for n, v in request.query)
        if request.method == "POST" and not request.raw:
            address = f"{path}?{query}"
            return browser.post(address, _sendable(fields), headers=request.headers)
        return browser.generic(
            request.method, path, request.raw, request.content_type or "text/plain",
            headers=request.headers, QUERY_STRING=query,
        )  # fmt: skip

    def is_forbidden_fruit(self, request: Hostile) -> bool:
        """Requests with a valid form secret that are no attack, but somebody's right."""
        return request.actor == "answering" and request.path.endswith("/withdraw/")


def _is_signed_out(response: Any) -> bool:
    return response.status_code == 302 and "/login/" in response.get("Location", "")


def _clean(value: str) -> str:
    return value.encode("utf-8", "replace").decode()


def _sendable(data: dict[str, Any]) -> dict[str, Any]:
    """A browser cannot send half a character."""
    return {
        _clean(name): _clean(value) if isinstance(value, str) else value
        for name, value in data.items()
    }


def digests() -> dict[str, str]:
    """SHA-256 of every table, without what is noted for everybody."""
    return {
        label: _digest(label, model)
        for label, model in stored_models().items()
        if label not in GROWING
    }


def _digest(label: str, model: Any) -> str:
    digest = hashlib.sha256()
    for line in lines_of(model):
        row = json.loads(line)
        for column in NOTED.get(label, ()):
            row.pop(column)
        digest.update(json.dumps(row, sort_keys=True).encode())
    return digest.hexdigest()
