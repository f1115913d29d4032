from collections import Counter
from datetime import timedelta

import pytest
from django.db.models import F

from surveys.checks.stored_data import find_problems
from surveys.models import Assignment, Participant, Survey
from surveys.randomisation.assignment_rules import least_filled, permuted_blocks, round_robin
from tests.factories import make_survey
from tests.surveys.visitor import Visitor

LEAST_FILLED = '[assignment]\nmode = "least_filled"'


def test_it_takes_conditions_in_turn():
    assert [round_robin([1, 1], number) for number in range(1, 6)] == [0, 1, 0, 1, 0]


def test_it_spreads_unequal_ratios_out():
    assert [round_robin([2, 1], number) for number in range(1, 7)] == [0, 1, 0, 0, 1, 0]


@pytest.mark.parametrize("ratios", [[1, 1, 1], [2, 1], [5, 3, 1], [1, 4]])
def test_every_count_stays_within_one_of_its_share(ratios):
    counts = Counter()
    for number in range(1, 101):
        counts[round_robin(ratios, number)] += 1
        for index, ratio in enumerate(ratios):
            assert abs(counts[index] - number * ratio / sum(ratios)) <= 1


def test_it_fills_the_emptiest_condition_for_its_ratio():
    assert least_filled([1, 1, 1], [4, 3, 5], seed=7, number=13) == 1
    # 4 of 2 is less full than 3 of 1.
    assert least_filled([2, 1], [4, 3], seed=7, number=8) == 0


def test_it_draws_among_equally_empty_conditions():
    drawn = Counter(least_filled([1, 1, 1], [2, 2, 3], 7, number) for number in range(1, 1001))
    assert set(drawn) == {0, 1}
    # 500 each expected; the standard deviation is 16.
    assert abs(drawn[0] - 500) < 80


@pytest.mark.parametrize(
    ("ratios", "sizes"), [([1, 1], [2, 4]), ([1, 1, 1], [3]), ([2, 1], [3, 6])]
)
def test_every_block_holds_the_conditions_in_their_ratio(ratios, sizes):
    order = [permuted_blocks(ratios, sizes, 7, number) for number in range(1, 301)]
    ahead = Counter()
    for index in order:
        ahead[index] += 1
        # Never further from the ratio than half of the largest block.
        shares = [ahead[arm] / ratio for arm, ratio in enumerate(ratios)]
        assert max(shares) - min(shares) <= max(sizes) / sum(ratios)
    if len(sizes) == 1:
        blocks = [order[start : start + sizes[0]] for start in range(0, 300, sizes[0])]
        assert len({tuple(block) for block in blocks}) > 1
        assert {tuple(sorted(Counter(block).values())) for block in blocks} == {
            tuple(sorted(ratios))
        }


def test_blocks_follow_from_the_seed():
    def order(seed):
        return [permuted_blocks([1, 1], [2, 4], seed, number) for number in range(1, 41)]

    assert order(7) == order(7)
    assert order(7) != order(8)


@pytest.mark.parametrize(
    "rule", ["", LEAST_FILLED, '[assignment]\nmode = "permuted_blocks"\nblock_sizes = [3, 6]']
)
def test_the_ledger_can_be_derived_again_in_every_mode(db, tmp_path, rule):
    conditions = ("gradcam", "pv", "other")
    survey = make_survey(tmp_path, conditions=conditions, more=rule)
    for _ in range(9):
        Visitor(survey.slug).begin()
    assert list(find_problems(Survey.objects.get())) == []
    assert Assignment.objects.count() == 9
    counts = Counter(Participant.objects.values_list("condition__name", flat=True))
    assert set(counts) == set(conditions)
    line = Assignment.objects.get(number=5)
    wrong = survey.conditions.exclude(pk=line.condition_id).first()
    super(type(Assignment.objects.all()), Assignment.objects.filter(number=5)).update(
        condition=wrong
    )
    assert any("Number 5 of the ledger" in found for found in find_problems(survey))


def test_a_drop_outs_place_is_given_again(db, tmp_path):
    survey = make_survey(tmp_path, more=LEAST_FILLED)
    Visitor(survey.slug).begin()
    Participant.objects.update(last_active_at=F("last_active_at") - timedelta(minutes=31))
    people = [Visitor(survey.slug) for _ in range(2)]
    for person in people:
        person.begin()
    # The one who left does not count, so the two who came share the conditions.
    assert {person.participant.condition for person in people} == set(survey.conditions.all())
    assert Assignment.objects.get(number=2).taken == [0, 0]
    assert sum(Assignment.objects.get(number=3).taken) == 1
    assert list(find_problems(Survey.objects.get())) == []


def test_who_has_finished_keeps_the_place_for_good(db, tmp_path):
    survey = make_survey(tmp_path, more=LEAST_FILLED)
    Visitor(survey.slug).finish()
    Participant.objects.update(last_active_at=F("last_active_at") - timedelta(days=9))
    Visitor(survey.slug).begin()
    assert sum(Assignment.objects.get(number=2).taken) == 1
    assert Participant.objects.values("condition").distinct().count() == 2


def test_the_ledger_is_never_changed_or_shortened(ben):
    line = Assignment.objects.get()
    for change in (
        line.save,
        line.delete,
        Assignment.objects.all().delete,
        lambda: Assignment.objects.update(number=2),
    ):
        with pytest.raises(TypeError, match="cannot be"):
            change()
    assert Assignment.objects.get().number == 1


def test_people_who_come_when_all_places_are_taken_are_turned_away(db, tmp_path):
    survey = make_survey(tmp_path, more="[assignment]\nplaces = 2")
    waiting = Visitor(survey.slug)
    waiting.arrive()
    for _ in range(2):
        Visitor(survey.slug).begin()
    late = Visitor(survey.slug)
    late.arrive()
    assert late.address == late.url("no-place/")
    waiting.post(waiting.form.action, {**waiting.form.values, "agree": "yes"})
    assert waiting.address == waiting.url("ended/")
    assert "All places are taken" in waiting.seen[-1].content.decode()
    assert Survey.objects.get().assigned == 2
    assert list(find_problems(Survey.objects.get())) == []
    # A place becomes free when somebody has been away for too long.
    Participant.objects.filter(number=1).update(
        last_active_at=F("last_active_at") - timedelta(minutes=31)
    )
    late.begin()
    assert late.participant.number == 3
