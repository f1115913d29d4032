"""A participant as a browser shows the survey to them, for tests that read as a story."""

import re
from typing import Any

from surveys.identity import COOKIE, read_cookie
from surveys.models import Participant, Response
from surveys.page_reader import Form, read_page
from tests.factories import make_browser


class Visitor:
    """Opens pages, fills in their forms, and remembers every answer of the server."""

    def __init__(self, slug: str) -> None:
        self.slug = slug
        self.browser = make_browser()
        self.seen: list[Any] = []

    def url(self, rest: str = "") -> str:
        return f"/s/{self.slug}/{rest}"

    def get(self, address: str) -> Any:
        """Open an address and follow redirects, as a browser does."""
        return self._follow(address, self.browser.get(address))

    def post(self, address: str, data: dict[str, str]) -> Any:
        return self._follow(address, self.browser.post(address, data))

    def _follow(self, address: str, response: Any) -> Any:
        self.seen.append(response)
        while response.status_code in (301, 302, 303):
            address = response["Location"]
            response = self.browser.get(address)
            self.seen.append(response)
        self.address = address
        self.page = read_page(response.content.decode())
        return response

    @property
    def form(self) -> Form:
        return self.page.forms[0]

    def arrive(self) -> Any:
        return self.get(self.url())

    def agree(self) -> Any:
        self.arrive()
        return self.post(self.form.action, {**self.form.values, "agree": "yes"})

    def begin(self) -> Any:
        """Come to the first question."""
        self.agree()
        return self.post(self.form.action, self.form.values)

    def filled_form(self, choice: int = 0, **more: str) -> dict[str, str]:
        """The trial's form with one of the offered answers chosen."""
        return {**self.form.values, "answer": self.form.choices["answer"][choice], **more}

    def answer(self, choice: int = 0, **more: str) -> Any:
        return self.post(self.form.action, self.filled_form(choice, **more))

    def finish(self) -> Any:
        response = self.begin()
        while not self.is_done:
            response = self.answer()
        return response

    @property
    def is_done(self) -> bool:
        return "survey-done" in self.page.ids

    @property
    def trial(self) -> int | None:
        """The number of the question on the page, if it is one."""
        match = re.search(r"/trial/(\d+)/$", self.address)
        return int(match[1]) if match else None

    @property
    def participant(self) -> Participant:
        visit = read_cookie(self.browser.cookies[COOKIE].value, self.slug)
        assert visit is not None
        return Participant.objects.get(token=visit.token)

    @property
    def responses(self) -> list[Response]:
        stored = Response.objects.filter(trial__participant=self.participant)
        return list(stored.order_by("trial__position"))
