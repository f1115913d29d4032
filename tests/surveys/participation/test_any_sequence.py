"""Whatever participants, browsers and networks do, in any order, the stored data stay consistent.

A few sequences by default; with the environment variable SEQUENCES=2000, two thousand.
"""

import os
from datetime import timedelta
from random import Random

import pytest
from django.db import transaction
from django.db.models import F
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule
from hypothesis.stateful import run_state_machine_as_test as run

from surveys.checks.stored_data import find_problems
from surveys.models import Assignment, Participant, Response, Survey, Trial
from surveys.studies.lifecycle.publishing import close_survey, open_survey
from tests.factories import make_survey
from tests.surveys.designs.protocols import SMALL
from tests.surveys.everything import EVERYTHING
from tests.surveys.visitor import Visitor

SEQUENCES = int(os.environ.get("SEQUENCES", "8"))
PEOPLE = st.integers(0, 2)
SEEDS = st.integers(0, 2**16)
PLACES = ("comprehension/", "introduction/", "practice/1/", "trial/1/", "trial/2/", "trial/4/",
          "before/1/", "part/1/", "feedback/1/", "score/5/", "block-questions/2/", "at-hand/",
          "questions/1/", "debriefing/", "thanks/", "ended/", "return/", "withdraw/",
          "declined/", "no-place/", "assignment/", "elsewhere")  # fmt: skip
PROTOCOLS = {"plain": "", "everything": EVERYTHING + "places = 2\n", "blocks": SMALL}


class AnySequence(RuleBasedStateMachine):
    """Three people in one survey, and everything that may happen to them."""

    survey: Survey

    def __init__(self):
        super().__init__()
        self.block = transaction.atomic()
        self.block.__enter__()
        self.people = [Visitor(self.survey.slug) for _ in range(3)]
        for index, visitor in enumerate(self.people):
            visitor.arrive(f"?PROLIFIC_PID=person-{index}")
        # Every form that was ever on a page: (whose, address, data).
        self.forms = []
        # (participant, position) -> what was acknowledged.
        self.acknowledged = {}

    def teardown(self):
        try:
            self.check()
        finally:
            transaction.set_rollback(True)
            self.block.__exit__(None, None, None)

    def check(self):
        assert list(find_problems(Survey.objects.get())) == []

    @rule(who=PEOPLE, seed=SEEDS)
    def fill_in_the_form(self, who, seed):
        visitor = self.people[who]
        if visitor.page.forms:
            self._send(visitor, visitor.form.action or visitor.address, self._fill(visitor, seed))

    @rule(who=PEOPLE)
    def go_on_willingly(self, who):
        visitor = self.people[who]
        for _ in range(4):
            if visitor.page.forms and "/withdraw/" not in visitor.address:
                data = {**visitor.form.values, **visitor.choices()}
                self._send(visitor, visitor.form.action or visitor.address, data)

    @precondition(lambda self: self.forms)
    @rule(who=PEOPLE, which=SEEDS)
    def send_an_old_form_again(self, who, which):
        """One's own: a double click or the back button. Another's: a forgery."""
        _, address, data = self.forms[which % len(self.forms)]
        visitor = self.people[who]
        # A new browser that found all places taken was given no form, and so no token.
        if "csrftoken" in visitor.browser.cookies:
            token = visitor.browser.cookies["csrftoken"].value
            self._send(visitor, address, {**data, "csrfmiddlewaretoken": token}, keep=False)

    @rule(who=PEOPLE, place=st.sampled_from(PLACES))
    def go_elsewhere(self, who, place):
        if place == "return/":
            self.people[who].browser.get(self.people[who].url(place))
        else:
            self.people[who].get(self.people[who].url(place))

    @rule(who=PEOPLE)
    def reload(self, who):
        self.people[who].get(self.people[who].address)

    @rule(who=PEOPLE)
    def come_again_in_a_new_browser(self, who):
        self.people[who] = Visitor(self.survey.slug)
        self.people[who].arrive(f"?PROLIFIC_PID=person-{who}")

    @rule(who=PEOPLE)
    def forge_the_cookie(self, who):
        visitor = self.people[who]
        kept = visitor.browser.cookies["participant"].value
        visitor.browser.cookies["participant"] = kept[:-3] + "abc"
        visitor.browser.get(visitor.url("trial/1/"))
        visitor.browser.cookies["participant"] = kept

    @rule(who=PEOPLE)
    def withdraw(self, who):
        visitor = self.people[who]
        visitor.get(visitor.url("withdraw/"))
        if visitor.address.endswith("/withdraw/"):
            person = visitor.participant.pk
            visitor.send()
            self.acknowledged = {
                key: value for key, value in self.acknowledged.items() if key[0] != person
            }

    @rule(minutes=st.sampled_from([5, 45]))
    def let_time_pass(self, minutes):
        Participant.objects.update(last_active_at=F("last_active_at") - timedelta(minutes=minutes))

    @rule()
    def close_and_open(self):
        close_survey(self.survey)
        for visitor in self.people:
            visitor.get(visitor.url())
        open_survey(self.survey)
        for visitor in self.people:
            visitor.get(visitor.url())

    def _fill(self, visitor, seed):
        """Any of the choices on the page, some of them missing."""
        random = Random(seed)
        chosen = {
            name: random.choice(values)
            for name, values in visitor.form.choices.items()
            if random.random() > 0.1
        }
        return {**visitor.form.values, **chosen}

    def _send(self, visitor, address, data, keep=True):
        if keep:
            self.forms.append((visitor, address, data))
        before = len(visitor.seen)
        response = visitor.post(address, data)
        assert response.status_code in (200, 204, 400, 403, 404, 409)
        if "/trial/" in address and visitor.seen[before].status_code in (200, 302):
            self._remember(visitor, address)

    def _remember(self, visitor, address):
        """What the server took as an answer must stay what it is."""
        position = int(address.split("/")[-2])
        stored = Response.objects.filter(
            trial__participant__token=visitor.token, trial__position=position
        ).first()
        if stored is not None:
            key = (visitor.participant.pk, position)
            assert self.acknowledged.setdefault(key, stored.option) == stored.option

    @rule()
    def look_at_the_data(self):
        self.check()

    @invariant()
    def nothing_acknowledged_is_lost(self):
        stored = {
            (trial.participant_id, trial.position): trial.response.option
            for trial in Trial.objects.exclude(response=None).select_related("response")
        }
        assert self.acknowledged.items() <= stored.items()

    @invariant()
    def each_person_takes_part_once_at_most(self):
        assert Participant.objects.exclude(number=None).count() == Assignment.objects.count()


@pytest.mark.parametrize("kind", PROTOCOLS)
def test_any_sequence_leaves_the_data_consistent(db, tmp_path, kind):
    survey = make_survey(tmp_path, n_wrong=1, n_right=2, n_examples=2, more=PROTOCOLS[kind])
    machine = type("Sequence", (AnySequence,), {"survey": survey})
    run(
        machine,
        settings=settings(
            max_examples=SEQUENCES // len(PROTOCOLS),
            stateful_step_count=20,
            deadline=None,
            # Found again from the printed steps; a file of earlier failures is no part of a test.
            database=None,
            derandomize=SEQUENCES < 100,
            suppress_health_check=list(HealthCheck),
        ),
    )
