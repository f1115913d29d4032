"""The table of participants: who is found, and what is said of them."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from surveys.models import Exclusion, Participant, Survey
from surveys.monitoring.people import STATUSES, Wanted, describe, find_people, status_of
from surveys.monitoring.visit import find_visit
from tests.factories import make_survey
from tests.surveys.visitor import Visitor


def people(survey, **wanted):
    now = timezone.now()
    return describe(survey, list(find_people(survey, Wanted(**wanted), now).order_by("pk")), now)


def test_everybody_who_agreed_is_listed_with_how_far_they_came(survey, ada, ben, cy):
    first, second = people(survey)
    said = [(row.participant.n_answered, row.status, row.outcome) for row in (first, second)]
    assert said == [(2, "active", "unfinished"), (4, "finished", "complete")]
    assert {first.condition, second.condition} == {"A", "B"}
    assert second.duration is not None


def test_conditions_have_their_names_once_the_study_is_unblinded(survey, cy):
    survey.unblinded_at = timezone.now()
    assert people(survey)[0].condition.startswith(("Grad-CAM (", "PV ("))


@pytest.fixture
def everybody(db, tmp_path):
    """One person of each status, and a bot."""
    survey = make_survey(tmp_path)
    visitors = {name: Visitor(survey.slug) for name in STATUSES}
    for visitor in visitors.values():
        visitor.begin()
    visitors["finished"].finish()
    everyone = {name: visitor.participant for name, visitor in visitors.items()}
    now = timezone.now()
    changes: dict[str, dict[str, Any]] = {
        "withdrawn": {"withdrawn_at": now, "turned_away": "full"},
        "screened_out": {"turned_away": "screened_out"},
        "full": {"turned_away": "full"},
        "stopped": {"stopped_at": now},
        "left": {"last_active_at": now - timedelta(hours=2)},
    }
    for name, change in changes.items():
        Participant.objects.filter(pk=everyone[name].pk).update(**change)
    bot = Visitor(survey.slug)
    bot.finish()
    Participant.objects.filter(pk=bot.participant.pk).update(simulated=True)
    return Survey.objects.select_related("stimulus_set").get(pk=survey.pk)


def test_each_status_is_found_in_the_database_as_it_is_said_of_a_person(everybody):
    now = timezone.now()
    for status in STATUSES:
        found = find_people(everybody, Wanted(status=status), now)
        said = [p.pk for p in everybody.participants.all() if status_of(p, now) == status]
        assert sorted(p.pk for p in found) == sorted(said)
        assert said, status


def test_a_condition_is_found_by_its_letter_only(everybody):
    both = [people(everybody, condition=letter) for letter in "AB"]
    assert sum(map(len, both)) == everybody.participants.exclude(condition=None).count()
    assert all(person.condition == "A" for person in both[0])
    assert people(everybody, condition="gradcam") == []


def test_somebody_is_found_by_number_and_by_the_name_in_exports(everybody):
    person = people(everybody, search="3")[0]
    assert person.participant.number == 3
    for search in (person.name, person.name[:8], person.name.removeprefix("p-").upper()):
        assert [found.name for found in people(everybody, search=search)] == [person.name]
    assert people(everybody, search="nobody") == []


def test_bots_and_the_excluded_are_flagged_and_found(everybody):
    (bot,) = people(everybody, flag="bot")
    Exclusion.objects.create(
        participant=bot.participant, reason="A bot.", while_blind=True, by_name="Eva"
    )
    (excluded,) = people(everybody, flag="excluded")
    assert excluded.flags == ["bot", "excluded"]
    assert excluded.exclusion.reason == "A bot."


def test_a_thousand_rows_take_as_many_queries_as_one(everybody, django_assert_num_queries):
    found = list(find_people(everybody, Wanted(), timezone.now()))
    with django_assert_num_queries(1):
        describe(everybody, found, timezone.now())


def test_a_blind_studys_visit_shows_neither_answers_nor_pictures(survey, cy):
    trials = find_visit(survey, cy.participant).trials
    assert [trial.trial.position for trial in trials] == [1, 2, 3, 4]
    hidden = {(trial.answer, trial.prediction, tuple(trial.files)) for trial in trials}
    assert hidden == {("", "", ())}


def test_an_unblinded_studys_visit_shows_what_was_seen_and_answered(survey, cy):
    survey.unblinded_at = timezone.now()
    trials = find_visit(survey, cy.participant).trials
    assert [trial.answer for trial in trials] == [response.option for response in cy.responses]
    shown = [label for label, _ in trials[0].files]
    assert shown == ["Image", cy.participant.condition.name]


def test_a_visit_shows_what_happened_in_order(survey, cy):
    labels = [event.label for event in find_visit(survey, cy.participant).events]
    assert labels[:3] == ["opened the first page", "agreed to take part",
                          "was assigned to a condition"]  # fmt: skip
    assert labels[-1] == "answered the last trial"


def test_the_events_name_the_condition_only_once_unblinded(survey, cy):
    def details():
        return " ".join(event.detail for event in find_visit(survey, cy.participant).events)

    condition = cy.participant.condition.name
    assert condition not in details()
    survey.unblinded_at = timezone.now()
    assert condition in details()
