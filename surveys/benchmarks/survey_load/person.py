"""One participant of a load: opens pages as a browser does and answers whatever they ask."""

import asyncio
import random
import re
import time
from typing import Any
from urllib.parse import urljoin

import aiohttp

from surveys.benchmarks.survey_load.options import LoadOptions
from surveys.benchmarks.survey_load.timings import Timings
from surveys.bots.page_reader import Form, Page, read_page
from surveys.participation.people.identity import COOKIE

# More pages than any survey has: a participant who goes round in circles is an error.
MOST_PAGES = 400
IMAGE = re.compile(r'<img[^>]*\ssrc="([^"]+)"')
TRIAL = re.compile(r"/trial/(\d+)/$")


class UnexpectedPage(Exception):
    """A page that no participant should see; the sentence is counted."""


class Person:
    """Plays one participant from the link to the last page.

    `answers` maps the number of a question to the option that was sent and acknowledged.
    """

    def __init__(self, options: LoadOptions, number: int, timings: Timings) -> None:
        self.options = options
        self.timings = timings
        self.drawer = random.Random(f"{options.seed}/{number}")  # noqa: S311 - no secrets
        self.answers: dict[int, str] = {}
        self.has_finished = False
        self.cookie = ""
        self._seen: set[str] = set()

    async def play(self) -> None:
        """Walk the survey; whatever goes wrong is counted and ends the walk."""
        connections = aiohttp.TCPConnector(limit=4)
        # Addresses of this machine are numbers, for which cookies are refused by default.
        jar = aiohttp.CookieJar(unsafe=True)
        patience = aiohttp.ClientTimeout(total=120)
        async with aiohttp.ClientSession(
            connector=connections, cookie_jar=jar, timeout=patience
        ) as session:
            try:
                await self._walk(session)
            except (UnexpectedPage, aiohttp.ClientError, TimeoutError) as error:
                self.timings.errors[f"{type(error).__name__}: {error}"[:120]] += 1
            self.cookie = next((each.value for each in jar if each.key == COOKIE), "")

    async def _walk(self, session: aiohttp.ClientSession) -> None:
        address, text = await self._get(session, f"/s/{self.options.slug}/")
        for _ in range(MOST_PAGES):
            page = read_page(text)
            if "survey-done" in page.ids:
                self.has_finished = True
                return
            if self.options.only_arrive and address.endswith("/introduction/"):
                return
            address, text = await self._answer(session, address, page)
        raise UnexpectedPage(f"No last page after {MOST_PAGES} pages.")

    async def _answer(
        self, session: aiohttp.ClientSession, address: str, page: Page
    ) -> tuple[str, str]:
        if not page.forms or page.forms[0].method != "post":
            raise UnexpectedPage(f"Nothing can be sent from {address}.")
        if self.drawer.random() < self.options.reloads:
            # A question has its form's address, which the page's script has put into the bar.
            is_question = bool(TRIAL.search(page.forms[0].action))
            await self._get(session, page.forms[0].action if is_question else address)
        if self.options.think_seconds:
            await asyncio.sleep(self.drawer.expovariate(1 / self.options.think_seconds))
        form = page.forms[0]
        data = self._filled(form)
        target = urljoin(address, form.action)
        times = 2 if self.drawer.random() < self.options.double_submits else 1
        sent = [self._fetch(session, "POST", target, data) for _ in range(times)]
        # Both replies are read, as a browser reads that of the last click; either may be first.
        arrived = (await asyncio.gather(*sent))[-1]
        question = TRIAL.search(target)
        if question and "answer" in data:
            self.answers[int(question[1])] = data["answer"]
        await self._fetch_images(session, arrived[1])
        return arrived

    def _filled(self, form: Form) -> dict[str, str]:
        chosen = {name: self.drawer.choice(values) for name, values in form.choices.items()}
        texts = dict.fromkeys(form.texts, "a few words")
        # The first page has a button for each answer; other pages pay no attention to it.
        return {**form.values, **texts, **chosen, "agree": "yes"}

    async def _get(self, session: aiohttp.ClientSession, address: str) -> tuple[str, str]:
        arrived = await self._fetch(session, "GET", urljoin(self.options.site, address))
        await self._fetch_images(session, arrived[1])
        return arrived

    async def _fetch(
        self,
        session: aiohttp.ClientSession,
        method: str,
        address: str,
        data: dict[str, str] | None = None,
    ) -> tuple[str, str]:
        """Where redirects lead, and the page there; each request is timed for itself."""
        headers = {"Origin": self.options.site} if data else {}
        while True:
            begin = time.perf_counter()
            sending: Any = session.request(
                method, address, data=data, headers=headers, allow_redirects=False
            )
            async with sending as response:
                text = await response.text()
            self.timings.add(method, time.perf_counter() - begin)
            if response.status in (301, 302, 303):
                address = urljoin(address, response.headers["Location"])
                method, data, headers = "GET", None, {}
                continue
            if response.status != 200:
                raise UnexpectedPage(f"{method} was answered {response.status}.")
            return address, text

    async def _fetch_images(self, session: aiohttp.ClientSession, text: str) -> None:
        if not self.options.images:
            return
        wanted = [address for address in IMAGE.findall(text) if address not in self._seen]
        self._seen.update(wanted)
        await asyncio.gather(*(self._fetch_image(session, address) for address in wanted))

    async def _fetch_image(self, session: aiohttp.ClientSession, address: str) -> None:
        begin = time.perf_counter()
        async with session.get(urljoin(self.options.site, address)) as response:
            content = await response.read()
        self.timings.add("IMAGE", time.perf_counter() - begin)
        if response.status != 200 or not content:
            raise UnexpectedPage(f"An image was answered {response.status}.")
