"""What participants are shown, in which order, and how it is drawn."""

from collections import Counter

from pv_engine.models import Item
from surveys.checks.stored_data import find_problems
from surveys.models import Survey, Trial
from surveys.randomisation.trials import Deck, draw_trials
from tests.factories import make_survey
from tests.surveys.visitor import Visitor


def deck_of(n_items=6):
    options = ["boat", "fish", "house", "tree"]
    names = [f"item-{index}" for index in range(n_items)]
    return Deck(
        dict.fromkeys(names, options),
        {"example-1": options[::-1]},
        dict.fromkeys(names, "model_right"),
    )


def draw(survey, number=1, place=1, n_items=6):
    return draw_trials(deck_of(n_items), survey.protocol, survey.seed, number, place)


def test_balanced_orders_put_each_question_first_equally_often_in_each_condition(db, tmp_path):
    survey = make_survey(tmp_path, more='question_order = "balanced"')
    for _ in range(8):
        Visitor(survey.slug).begin()
    for condition in survey.conditions.all():
        trials = Trial.objects.filter(participant__condition=condition)
        counts = Counter(trials.values_list("item__name", "position"))
        assert len(counts) == 16
        assert set(counts.values()) == {1}
    assert list(find_problems(Survey.objects.get())) == []


def test_cant_tell_stands_below_the_others_when_the_protocol_says_so(db, tmp_path):
    survey = make_survey(tmp_path, more='[trials]\ncant_tell = "last"')
    visitor = Visitor(survey.slug)
    visitor.finish()
    options = visitor.participant.trials.values_list("options", flat=True)
    assert {shown[-1] for shown in options} == {"cant_tell"}
    assert len({tuple(shown) for shown in options}) > 1
    assert list(find_problems(Survey.objects.get())) == []


def test_cant_tell_stands_anywhere_otherwise(survey):
    places = Counter(
        trial.options.index("cant_tell")
        for number in range(1, 51)
        for trial in draw(survey, number)
    )
    assert set(places) == set(range(5))


def test_the_condition_none_shows_the_image_alone(db, tmp_path):
    survey = make_survey(tmp_path, n_examples=1)
    survey = make_survey(tmp_path, "alone", conditions=("none", "pv"))
    alone, beside = Visitor(survey.slug), Visitor(survey.slug)
    for visitor, n_images in ((alone, 1), (beside, 2)):
        visitor.begin()
        page = visitor.seen[-1].content.decode()
        assert page.count("<img") == n_images
        assert page.count('rel="prefetch"') == n_images
        while not visitor.is_done:
            visitor.answer()
    assert alone.participant.condition.name == "none"
    assert alone.participant.n_answered == 4


def test_attention_checks_stand_where_the_protocol_says(db, tmp_path):
    survey = make_survey(tmp_path, more="[checks]\nattention_after = [2, 4]")
    kinds = [trial.kind for trial in draw(survey)]
    assert kinds == ["main", "main", "attention", "main", "main", "attention", "main", "main"]
    for trial in draw(survey):
        assert bool(trial.expected) == (trial.kind == "attention")
        assert trial.expected in ("", *trial.options)
        assert trial.expected != "cant_tell"
    assert len({trial.expected for number in range(1, 30) for trial in draw(survey, number)}) == 5


def test_questions_of_the_first_half_are_asked_again_at_the_end(db, tmp_path):
    survey = make_survey(tmp_path, more="[checks]\nrepeats = 2")
    for number in range(1, 20):
        trials = draw(survey, number)
        assert [trial.kind for trial in trials] == ["main"] * 6 + ["repeat"] * 2
        again = {trial.item for trial in trials[6:]}
        assert len(again) == 2
        assert again <= {trial.item for trial in trials[:3]}


def test_checks_do_not_change_the_order_of_the_questions(survey, tmp_path):
    other = make_survey(tmp_path, "checked", more="[checks]\nattention_after = [1]\nrepeats = 1")
    plain = [trial.item for trial in draw(survey)]
    assert [trial.item for trial in draw(other) if trial.kind == "main"] == plain


def test_what_is_stored_is_what_is_drawn(ben):
    items = list(Item.objects.order_by("is_example", "position"))
    drawn = draw_trials(Deck.of(items), ben.participant.survey.protocol, 7, 1, 1)
    stored = ben.participant.trials.order_by("position")
    assert [(t.position, t.kind, t.item.name, t.options, t.expected) for t in stored] == [
        (t.position, t.kind, t.item, t.options, t.expected) for t in drawn
    ]
