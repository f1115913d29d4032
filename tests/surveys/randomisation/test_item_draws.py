"""Each participant is asked about a part of the stimulus set, every item equally often."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from surveys.checks.stored_data import find_problems
from surveys.errors import ItemDropError, ProtocolError
from surveys.models import Survey, Trial
from surveys.protocol.item_draw import ItemDraw, StratumCounts
from surveys.randomisation.item_draws import drawn_items
from surveys.studies.item_drops import drop_item
from tests.factories import make_survey
from tests.surveys.visitor import Visitor

STRATA = {f"item-{n:02d}": "model_wrong" if n < 7 else "model_right" for n in range(20)}
RULE = ItemDraw(strata=StratumCounts(model_wrong=2, model_right=3))


def counts_of(rule, people, strata=STRATA, seed=1):
    drawn = (drawn_items(strata, rule, seed, place) for place in range(1, people + 1))
    return Counter(name for names in drawn for name in names)


@given(st.integers(1, 12), st.integers(1, 12), st.integers(0, 60), st.integers(0, 2**53))
def test_at_any_moment_items_were_given_equally_often_but_for_one(n_items, size, people, seed):
    strata = {f"item-{n}": "model_right" for n in range(n_items)}
    rule = ItemDraw(per_participant=min(size, n_items))
    counts = counts_of(rule, people, strata, seed)
    given_out = [counts[name] for name in strata]
    assert sum(given_out) == people * rule.per_participant
    assert max(given_out) - min(given_out) <= 1


@pytest.mark.parametrize("place", range(1, 30))
def test_nobody_has_an_item_twice_and_everybody_has_the_strata_asked_for(place):
    drawn = drawn_items(STRATA, RULE, 5, place)
    assert len(set(drawn)) == len(drawn)
    assert Counter(STRATA[name] for name in drawn) == {"model_wrong": 2, "model_right": 3}


def test_each_round_has_an_order_of_its_own():
    rounds = [
        tuple(tuple(drawn_items(STRATA, RULE, 5, place)) for place in range(start, start + 7))
        for start in (1, 92)
    ]
    assert rounds[0] != rounds[1]


def test_a_study_gives_each_participant_their_part_and_the_seed_gives_it_again(db, tmp_path):
    survey = make_survey(
        tmp_path, n_wrong=4, n_right=4, more="[items]\nstrata = {model_wrong = 1, model_right = 2}"
    )
    for _ in range(8):
        Visitor(survey.slug).finish()
    for condition in survey.conditions.all():
        trials = Trial.objects.filter(participant__condition=condition)
        counts = Counter(trials.values_list("item__name", flat=True))
        assert sorted(counts.values()) == [1] * 4 + [2] * 4
        assert trials.count() == 4 * 3
    assert list(find_problems(Survey.objects.get())) == []


def test_the_same_place_of_each_condition_has_the_same_items(db, tmp_path):
    survey = make_survey(tmp_path, n_wrong=4, n_right=4, more="[items]\nper_participant = 3")
    people = [Visitor(survey.slug) for _ in range(2)]
    for visitor in people:
        visitor.begin()
    items = [
        set(visitor.participant.trials.values_list("item__name", flat=True)) for visitor in people
    ]
    assert items[0] == items[1]
    assert people[0].participant.condition != people[1].participant.condition


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ("strata = {model_wrong = 5}", "items.strata.model_wrong must be at most 4"),
        ("per_participant = 9", "items.per_participant must be at most 8"),
        ("per_participant = 4\nstrata = {model_wrong = 3}", "must be 3, the sum of the strata"),
        ("per_participant = 4\n[checks]\nrepeats = 3", "checks.repeats must be at most 2"),
        ("strata = {wrong = 3}", "wrong"),
    ],
)
def test_a_draw_that_cannot_be_made_is_refused_in_words(db, tmp_path, more, words):
    with pytest.raises(ProtocolError, match=words):
        make_survey(tmp_path, n_wrong=4, n_right=4, more=f"[items]\n{more}")


def test_items_that_the_draw_needs_cannot_be_dropped(db, tmp_path, django_user_model):
    from surveys.studies.protocols.loading import load_study
    from tests.factories import make_protocol, make_stimulus_folder

    make_stimulus_folder(tmp_path / "stimuli", 3, 3)
    draft, _ = load_study(make_protocol(tmp_path, more="[items]\nstrata = {model_wrong = 3}"))
    items = draft.stimulus_set.items.filter(is_example=False)
    person = django_user_model.objects.create_superuser("ada", password="long and secret 1")
    with pytest.raises(ItemDropError, match="2 items of the stratum model_wrong"):
        drop_item(draft, items.filter(stratum="model_wrong")[0], person, "Blurred.")
    drop_item(draft, items.filter(stratum="model_right")[0], person, "Blurred.")
