"""Simulated participants who walk the real pages, form by form, and are marked for good."""

from collections.abc import Callable, Iterator
from contextlib import nullcontext
from dataclasses import dataclass
from random import Random
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.db import transaction
from django.urls import resolve, reverse

from study.probes.static_files import ADVICE, find_uncollected
from surveys.bots.browsers import REDIRECTS, Browser, InProcess, Reply
from surveys.bots.page_reader import Form, read_page
from surveys.bots.policies import Plan, Policy, uniform
from surveys.errors import BotError
from surveys.models import Participant, Survey, Trial
from surveys.participation.flow import CONSENT, right_answers
from surveys.participation.people.identity import SIMULATED, read_cookie, simulated_parameter
from surveys.participation.shown.questions import ANSWER, fill_in_further, first_asked
from surveys.participation.steps.trial import TrialPage

ENDS = {"survey-done", "survey-ended"}
# Times of an invented reader: about six seconds, now and then a minute.
TYPICAL_SECONDS, SPREAD = 6.0, 0.5


@dataclass(frozen=True)
class Stamina:
    """How bots get tired and leave. By default they do neither."""

    # With each trial, the chance that an answer is any of the options grows by this much.
    tiring: float = 0.0
    # The chance to close the page, at each page after consent.
    dropout: float = 0.0


def run_bots(
    survey: Survey,
    participants: int,
    seed: int,
    policy: Policy,
    stamina: Stamina | None = None,
    open_browser: Callable[[], Browser] = InProcess,
    first: int = 0,
) -> Iterator[Participant]:
    """Run n bots one after another, yielding each as it finishes.

    `first` skips the bots that finished before the run was interrupted. Raises BotError if the
    survey is not open, has real participants, or cannot show its pages.
    """
    require_no_people(survey)
    if open_browser is InProcess:
        require_collected()
    for index in range(first, participants):
        random = Random(f"{survey.slug}/{seed}/{index}")  # noqa: S311 - invented people, no secrets
        bot = _Bot(survey, random, policy, stamina or Stamina(), open_browser())
        # One transaction each: a run that is stopped leaves no bot half-way, and waits for the disk
        # once a bot instead of once a page. A server of its own must not be kept waiting for it.
        is_here = isinstance(bot.browser, InProcess)
        with transaction.atomic() if is_here else nullcontext():
            participant = bot.walk()
        yield participant


def require_no_people(survey: Survey) -> None:
    """Raises BotError when the survey is not open or real people have taken part in it."""
    if not survey.is_open:
        raise BotError(
            f"The study {survey.slug!r} is not open; open it, or start a pilot of it, before you "
            "run bots."
        )
    if Participant.objects.filter(survey=survey, simulated=False).exists():
        raise BotError(
            f"The study {survey.slug!r} has real participants, so bots may not take it; "
            "run them in an unused pilot, or load its protocol at another address."
        )


def require_collected() -> None:
    """BotError where pages could not be shown here."""
    missing = find_uncollected()
    if missing:
        raise BotError(
            f"The pages cannot be shown: {len(missing)} static files, such as {missing[0]}, were "
            f"not collected into {settings.STATIC_ROOT} on this machine. {ADVICE}"
        )


class _Bot:
    """One simulated participant with a browser of its own."""

    def __init__(
        self, survey: Survey, random: Random, policy: Policy, stamina: Stamina, browser: Browser
    ) -> None:
        self.survey, self.random, self.policy = survey, random, policy
        self.stamina, self.browser = stamina, browser
        self.plan: Plan | None = None
        # By position, once they are drawn.
        self.trials: dict[int, Trial] = {}

    def walk(self) -> Participant:
        """From the first page to the last; as many pages as a survey can have, and no more."""
        start = reverse("surveys:start", args=[self.survey.slug])
        mark = urlencode({SIMULATED: simulated_parameter(self.survey.slug)})
        address, reply = self._follow(f"{start}?{mark}", self.browser.get(f"{start}?{mark}"))
        for _ in range(10_000):
            page = read_page(reply.text)
            if reply.status != 200:
                raise BotError(f"The page {address} answered {reply.status} to a bot.")
            if page.ids & ENDS or self._leaves(address):
                return self._participant()
            if not page.forms:
                raise BotError(f"The page {address} has no form and is not the last page.")
            address, reply = self._send(address, page.forms[0])
        raise BotError(f"A bot did not reach the end of the study {self.survey.slug!r}.")

    def _leaves(self, address: str) -> bool:
        is_first = resolve(address.split("?")[0]).url_name == CONSENT.name
        return (
            self.stamina.dropout > 0
            and not is_first
            and self.random.random() < self.stamina.dropout
        )

    def _send(self, address: str, form: Form) -> tuple[str, Reply]:
        target = form.action or address
        data = {**form.values, **self._choose(target, form)}
        return self._follow(target, self.browser.post(target, data))

    def _follow(self, address: str, reply: Reply) -> tuple[str, Reply]:
        for _ in range(6):
            if reply.status not in REDIRECTS:
                return address, reply
            address = reply.location
            reply = self.browser.get(address)
        raise BotError(f"The page {address} redirects a bot in circles.")

    def _choose(self, address: str, form: Form) -> dict[str, Any]:
        """In a trial, answer as planned; know the instructions; elsewhere choose anything."""
        page = resolve(address)
        right = right_answers(page.url_name or "", self.survey.protocol)
        if right:
            return right
        chosen: dict[str, Any] = {
            name: self.random.choice(values) for name, values in form.choices.items()
        }
        chosen |= dict.fromkeys(form.texts, "simulated")
        if page.url_name != TrialPage.name:
            return chosen
        trial = self._trial(page.kwargs["position"])
        planned = self._planned(trial.position)
        protocol = self.survey.protocol
        first = first_asked(protocol, trial.options)
        answer = protocol.task.first.behaviour.form_value(first, planned)
        if answer not in form.choices[ANSWER]:
            raise BotError(f"The page {address} does not offer the planned answer {planned!r}.")
        chosen |= self._answer_further(trial, form)
        milliseconds = round(1000 * self.random.lognormvariate(0, SPREAD) * TYPICAL_SECONDS)
        times = {"response_time_ms": str(milliseconds), "hidden_time_ms": "0"}
        return {**chosen, ANSWER: answer, **times}

    def _answer_further(self, trial: Trial, form: Form) -> dict[str, str]:
        """Answer what the form asks beside the first question."""
        protocol, number = self.survey.protocol, trial.participant.number or 0
        if not protocol.task.further:
            return {}
        fields = fill_in_further(protocol, trial, self.survey.seed, number, self.random)
        return {name: value for name, value in fields.items() if name in form.names}

    def _trial(self, position: int) -> Trial:
        if not self.trials:
            found = self._participant().trials.select_related("item", "participant")
            self.trials = {trial.position: trial for trial in found.order_by("position")}
        return self.trials[position]

    def _planned(self, position: int) -> str:
        if self.plan is None:
            self.plan = self._make_plan()
        return self.plan[position]

    def _make_plan(self) -> Plan:
        participant, trials = self._participant(), list(self.trials.values())
        main = [trial for trial in trials if trial.kind == Trial.Kind.MAIN]
        examples = [trial for trial in trials if trial.kind == Trial.Kind.EXAMPLE]
        plan = dict(self.policy(participant, main, self.random))
        plan |= uniform(participant, examples, self.random)
        by_item = {trial.item_id: plan[trial.position] for trial in main}
        for trial in trials:
            # Bots pay attention, and remember what they answered before.
            if trial.kind in (Trial.Kind.ATTENTION, Trial.Kind.REPEAT):
                plan[trial.position] = trial.expected or by_item[trial.item_id]
        return self._tire(plan, trials)

    def _tire(self, plan: Plan, trials: list[Trial]) -> Plan:
        if not self.stamina.tiring:
            return plan
        return {
            trial.position: self.random.choice(trial.options)
            if self.random.random() < self.stamina.tiring * (trial.position - 1)
            else plan[trial.position]
            for trial in trials
        }

    def _participant(self) -> Participant:
        visit = read_cookie(self.browser.visit_cookie(), self.survey.slug)
        found = visit and Participant.objects.select_related("condition").filter(token=visit.token)
        participant = found.first() if found else None
        if participant is None:
            raise BotError(
                f"A bot could not take part in {self.survey.slug!r}; perhaps all places are taken."
            )
        return participant
