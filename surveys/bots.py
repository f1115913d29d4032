"""Simulated participants who walk the real pages, form by form, and are marked for good."""

from collections.abc import Iterator
from random import Random
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.db import transaction
from django.test import Client
from django.urls import resolve, reverse

from surveys.bot_policies import Plan, Policy
from surveys.errors import BotError
from surveys.identity import COOKIE, SIMULATED, read_cookie, simulated_parameter
from surveys.models import Participant, Survey
from surveys.page_reader import Form, read_page

DONE = "survey-done"
# Times of an invented reader: about six seconds, now and then a minute.
TYPICAL_SECONDS, SPREAD = 6.0, 0.5


def run_bots(survey: Survey, participants: int, seed: int, policy: Policy) -> Iterator[Participant]:
    """Let so many bots take the survey, one after the other, and yield each when it is through.

    Raises BotError when the survey is not open or real people have taken part in it.
    """
    if not survey.is_open:
        raise BotError(
            f"The survey {survey.slug!r} is {survey.status}; open it with load_study --open "
            "or in the console, so that bots can take it."
        )
    if Participant.objects.filter(survey=survey, simulated=False).exists():
        raise BotError(
            f"The survey {survey.slug!r} has real participants, so bots may not take it; "
            "load its protocol under another slug and let them take that."
        )
    for index in range(participants):
        random = Random(f"{survey.slug}/{seed}/{index}")  # noqa: S311 - invented people, no secrets
        # One transaction each: a run that is stopped leaves no bot half-way, and waits for the disk
        # once a bot instead of once a page.
        with transaction.atomic():
            bot = _Bot(survey, random, policy).walk()
        yield bot


class _Bot:
    """One simulated participant with a browser of its own."""

    def __init__(self, survey: Survey, random: Random, policy: Policy) -> None:
        self.survey, self.random, self.policy = survey, random, policy
        host = next((name for name in settings.ALLOWED_HOSTS if "*" not in name), "localhost")
        self.client = Client(enforce_csrf_checks=True, headers={"host": host})
        self.plan: Plan | None = None

    def walk(self) -> Participant:
        """From the first page to the last; as many pages as a survey can have, and no more."""
        start = reverse("surveys:start", args=[self.survey.slug])
        mark = urlencode({SIMULATED: simulated_parameter(self.survey.slug)})
        address, response = self._open(f"{start}?{mark}")
        for _ in range(10_000):
            page = read_page(response.content.decode())
            if response.status_code != 200:
                raise BotError(f"The page {address} answered {response.status_code} to a bot.")
            if DONE in page.ids:
                return self._participant()
            if not page.forms:
                raise BotError(f"The page {address} has neither a form nor the survey's end.")
            address, response = self._send(address, page.forms[0])
        raise BotError(f"The survey {self.survey.slug!r} did not end for a bot.")

    def _open(self, address: str) -> tuple[str, Any]:
        return self._follow(address, self.client.get(address, secure=settings.HTTPS))

    def _send(self, address: str, form: Form) -> tuple[str, Any]:
        target = form.action or address
        data = {**form.values, **self._choose(target, form)}
        response = self.client.post(target, data, secure=settings.HTTPS, headers=self._origin())
        return self._follow(target, response)

    def _origin(self) -> dict[str, str]:
        # Over HTTPS, Django wants to see that a form was sent from its own page.
        scheme = "https" if settings.HTTPS else "http"
        return {"origin": f"{scheme}://{self.client.defaults['HTTP_HOST']}"}

    def _follow(self, address: str, response: Any) -> tuple[str, Any]:
        for _ in range(5):
            if response.status_code not in (301, 302, 303):
                return address, response
            address = response["Location"]
            response = self.client.get(address, secure=settings.HTTPS)
        raise BotError(f"The page {address} redirects a bot in circles.")

    def _choose(self, address: str, form: Form) -> dict[str, str]:
        """Tick what there is to tick; in a trial, answer as planned."""
        if "answer" not in form.choices:
            return {name: values[0] for name, values in form.choices.items()}
        position = resolve(address).kwargs["position"]
        if self.plan is None:
            self.plan = self._make_plan()
        answer = self.plan[position]
        if answer not in form.choices["answer"]:
            raise BotError(f"The page {address} does not offer the planned answer {answer!r}.")
        milliseconds = round(1000 * self.random.lognormvariate(0, SPREAD) * TYPICAL_SECONDS)
        return {"answer": answer, "response_time_ms": str(milliseconds), "hidden_time_ms": "0"}

    def _make_plan(self) -> Plan:
        participant = self._participant()
        trials = list(participant.trials.select_related("item").order_by("position"))
        return self.policy(participant, trials, self.random)

    def _participant(self) -> Participant:
        visit = read_cookie(self.client.cookies[COOKIE].value, self.survey.slug)
        if visit is None:
            raise BotError("A bot's browser has lost its cookie.")
        return Participant.objects.select_related("condition").get(token=visit.token)
