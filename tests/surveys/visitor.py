"""A participant as a browser shows the survey to them, for tests that read as a story."""

import re
from typing import Any

from surveys.bots.page_reader import Form, read_page
from surveys.models import Participant, Response
from surveys.participation.people.identity import COOKIE, read_cookie
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

    def arrive(self, query: str = "") -> Any:
        return self.get(self.url(query))

    def run_script(self) -> Any:
        """What the first page's script sends."""
        return self.browser.post(self.page.forms[-1].action, self.page.forms[-1].values)

    def agree(self) -> Any:
        self.arrive()
        return self.send_consent()

    def send_consent(self) -> Any:
        return self.post(self.form.action, {**self.form.values, "agree": "yes"})

    def begin(self) -> Any:
        """Come to the first question, or to practice."""
        self.agree()
        return self.send()

    def begin_from_here(self) -> Any:
        """As `begin`, for who has opened the first page already."""
        self.send_consent()
        return self.send()

    def send(self, **chosen: str) -> Any:
        """Send the page's form with these choices."""
        return self.post(self.form.action, {**self.form.values, **chosen})

    def filled_form(self, choice: int = 0, **more: str) -> dict[str, str]:
        """The trial's form with one of the offered answers chosen."""
        return {**self.form.values, "answer": self.form.choices["answer"][choice], **more}

    def answer(self, choice: int = 0, **more: str) -> Any:
        return self.post(self.form.action, self.filled_form(choice, **more))

    def finish(self) -> Any:
        """Take whatever page comes, answering rightly where that matters, to the end."""
        response = self.arrive() if not self.seen else self.seen[-1]
        while not self.is_over:
            response = self.send(**self.choices())
        return response

    def choices(self) -> dict[str, Any]:
        """What a willing participant chooses on this page: the first of everything."""
        chosen = {name: values[0] for name, values in self.form.choices.items()}
        if "/comprehension/" in self.address:
            return dict.fromkeys(chosen, "2")
        if self.trial and self.asked_for:
            chosen["answer"] = self.asked_for
        return chosen

    @property
    def asked_for(self) -> str | None:
        """The option that an attention check asks for."""
        match = re.search(r"choose “(.+?)” here", self.seen[-1].content.decode())
        return match[1] if match else None

    def go_to(self, step: str) -> Any:
        """Take every page until one of that step."""
        response = self.arrive() if not self.seen else self.seen[-1]
        while f"/{step}/" not in f"{self.address}/":
            assert not self.is_over, f"The survey ended before {step}."
            response = self.send(**self.choices())
        return response

    @property
    def is_over(self) -> bool:
        return self.is_done or "survey-ended" in self.page.ids

    @property
    def images(self) -> list[str]:
        """The addresses of the images on the page."""
        return re.findall(r'<img src="([^"]+)"', self.text)

    @property
    def text(self) -> str:
        """The page as it was sent."""
        content: str = self.seen[-1].content.decode()
        return content

    @property
    def is_done(self) -> bool:
        return "survey-done" in self.page.ids

    @property
    def trial(self) -> int | None:
        """The number of the question on the page, if it is one."""
        # Its form's address: the page itself may be the answer to the form before it.
        action = self.form.action if self.page.forms else ""
        match = re.search(r"/trial/(\d+)/$", action)
        return int(match[1]) if match else None

    @property
    def token(self) -> str:
        visit = read_cookie(self.browser.cookies[COOKIE].value, self.slug)
        assert visit is not None
        return visit.token

    @property
    def participant(self) -> Participant:
        return Participant.objects.get(token=self.token)

    @property
    def responses(self) -> list[Response]:
        stored = Response.objects.filter(trial__participant=self.participant)
        return list(stored.order_by("trial__position"))
