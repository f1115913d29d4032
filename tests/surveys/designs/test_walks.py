"""Participants walk through blocks, feedback, scores and questions between them to the end."""

import re
from collections import Counter

import pytest

from surveys.checks.leaks import find_leaks
from surveys.checks.stored_data import find_problems
from surveys.models import Event, Participant, Survey, Trial
from surveys.studies.blinding import group_labels
from tests.factories import make_survey
from tests.surveys.designs.protocols import BLOCKS, CROSSOVER, MIXED
from tests.surveys.participation.test_query_counts import CountingVisitor
from tests.surveys.preview.test_walk import Previewer
from tests.surveys.visitor import Visitor


@pytest.fixture
def survey_of(db, tmp_path):
    def make(more, **kwargs):
        sizes = {"n_wrong": 4, "n_right": 4, "n_examples": 4} | kwargs
        return make_survey(tmp_path, more=more, **sizes)

    return make


def problems():
    return list(find_problems(Survey.objects.get()))


def pages_of(visitor):
    """The pages in the order in which the visitor came to them."""
    addresses = [response.headers.get("Location", "") for response in visitor.seen]
    return [address.split("/", 3)[3].rstrip("/") for address in addresses if address]


def test_a_study_in_blocks_leads_through_every_page_in_its_place(survey_of):
    visitor = Visitor(survey_of(BLOCKS).slug)
    visitor.finish()
    assert visitor.is_done
    assert pages_of(visitor) == [
        "assignment", "before/1", "introduction", "part/1", "trial/1",
        "part/3", "trial/3", "feedback/3", "trial/4", "feedback/4", "block-questions/2",
        "part/5", "trial/5", "score/8", "block-questions/3", "questions/4", "thanks",
    ]  # fmt: skip
    trials = visitor.participant.trials.order_by("position")
    assert list(trials.values_list("block", "kind", "condition")) == [
        *[("pre", "main", "none")] * 2,
        *[("learn", "example", "gradcam")] * 2,
        *[("post", "main", "gradcam")] * 4,
    ]
    assert problems() == []


def test_the_feedback_shows_the_models_answer_and_whether_it_was_guessed(survey_of):
    visitor = Visitor(survey_of(BLOCKS).slug)
    visitor.go_to("trial/3")
    trial = visitor.participant.trials.get(position=3)
    assert "The model’s answer" not in visitor.text
    visitor.send(answer=trial.item.prediction)
    assert "Yes, that was the model’s answer" in visitor.text
    visitor.send()
    trial = visitor.participant.trials.get(position=4)
    wrong = next(option for option in trial.options if option != trial.item.prediction)
    visitor.send(answer=wrong)
    assert "The model gave a different answer" in visitor.text
    worked = re.search(r"<strong><bdi>(.*?)</bdi></strong>", visitor.text)
    assert worked[1] == trial.item.prediction
    assert trial.response.option == wrong


def test_feedback_cannot_be_opened_before_the_answer_is_stored(survey_of):
    visitor = Visitor(survey_of(BLOCKS).slug)
    visitor.go_to("trial/3")
    visitor.get(visitor.url("feedback/3/"))
    assert visitor.address == visitor.url("trial/3/")


def test_feedback_cannot_be_skipped_or_left_twice(survey_of):
    visitor = Visitor(survey_of(BLOCKS).slug)
    visitor.go_to("feedback")
    form = visitor.form.values
    visitor.get(visitor.url("trial/4/"))
    assert visitor.address == visitor.url("feedback/3/")
    assert visitor.participant.trials.get(position=4).shown_at is None
    for _ in range(2):
        visitor.post(visitor.url("feedback/3/"), form)
        assert visitor.address == visitor.url("trial/4/")
    assert visitor.participant.progress == {"part": 3, "feedback": 3}
    assert Event.objects.filter(detail="feedback 3").count() == 1


def test_the_score_counts_the_models_answers_of_the_block(survey_of):
    visitor = Visitor(survey_of(BLOCKS).slug)
    visitor.go_to("trial/5")
    for position in range(5, 9):
        trial = visitor.participant.trials.get(position=position)
        wrong = next(option for option in trial.options if option != trial.item.prediction)
        visitor.send(answer=trial.item.prediction if position < 8 else wrong)
    assert "You guessed the model’s answer in 3 of 4 questions." in visitor.text


def test_a_page_of_questions_after_two_blocks_keeps_both_answers(survey_of):
    visitor = Visitor(survey_of(BLOCKS).slug)
    visitor.go_to("before")
    visitor.send(q_age="41")
    visitor.go_to("block-questions")
    visitor.send(q_trust="2")
    visitor.go_to("block-questions")
    visitor.send(q_trust="5")
    visitor.finish()
    assert visitor.participant.questionnaire == {"age": "41", "learn.trust": 2, "post.trust": 5}


def test_a_crossover_shows_each_person_both_conditions_in_either_order(survey_of):
    survey = survey_of(CROSSOVER)
    assert [arm.name for arm in survey.conditions.all()] == ["gradcam>pv", "pv>gradcam"]
    for _ in range(4):
        Visitor(survey.slug).finish()
    orders = [
        list(dict.fromkeys(person.trials.order_by("position").values_list("condition", flat=True)))
        for person in Participant.objects.order_by("number")
    ]
    assert orders == [["gradcam", "pv"], ["pv", "gradcam"]] * 2
    shown = Counter(Trial.objects.values_list("item__name", "condition"))
    assert set(shown.values()) == {2}
    assert len(shown) == 16
    assert problems() == []


def test_each_part_explains_its_own_pictures_and_shows_no_other(survey_of):
    more = CROSSOVER + "\n"
    survey = survey_of(more)
    visitor = Visitor(survey.slug)
    files = {
        kind: set(survey.stimulus_set.items.filter(stimuli__kind=kind).values_list(
            "stimuli__file_name", flat=True))
        for kind in ("gradcam", "pv")
    }  # fmt: skip
    visitor.go_to("part")
    seen = {"gradcam": set(), "pv": set()}
    while not visitor.is_over:
        names = {address.rsplit("/", 1)[1] for address in visitor.images}
        for kind, found in files.items():
            if names & found:
                seen[kind].add(visitor.trial or visitor.address)
        visitor.send(**visitor.choices())
    assert seen["gradcam"] == {"/s/shapes/part/1/", 1, 2, 3, 4}
    assert seen["pv"] == {"/s/shapes/part/5/", 5, 6, 7, 8}


def test_a_mixed_design_has_an_arm_for_each_pair_of_own_condition_and_order(survey_of):
    survey = survey_of(MIXED)
    assert [arm.name for arm in survey.conditions.all()] == ["none:gradcam>pv", "none:pv>gradcam"]
    for _ in range(2):
        Visitor(survey.slug).finish()
    first = Participant.objects.get(number=1).trials.order_by("position")
    blocks = dict.fromkeys(first.values_list("block", "condition"))
    assert list(blocks) == [
        ("base", "none"), ("first", "gradcam"), ("again", "gradcam"), ("second", "pv")
    ]  # fmt: skip
    assert problems() == []


def test_an_attention_check_belongs_to_the_block_of_the_question_before(survey_of):
    survey = survey_of(CROSSOVER + "\n[checks]\nattention_after = [2, 4]")
    Visitor(survey.slug).finish()
    trials = Trial.objects.order_by("position").values_list("kind", "block")
    assert [block for kind, block in trials if kind == "attention"] == ["part_1", "part_1"]
    assert [kind for kind, _ in trials][2:6:3] == ["attention", "attention"]
    assert problems() == []


@pytest.mark.parametrize("more", [BLOCKS, CROSSOVER, MIXED])
def test_no_page_takes_more_than_six_queries(survey_of, more):
    visitor = CountingVisitor(survey_of(more).slug)
    visitor.finish()
    for count, address, asked in visitor.counts:
        assert count <= 6, (address, asked)


@pytest.mark.parametrize("more", [BLOCKS, CROSSOVER, MIXED])
def test_a_preview_leads_to_the_end_and_stores_nothing(survey_of, researcher, more):
    survey = survey_of(more)
    for label in group_labels(survey).values():
        walker = Previewer(survey.slug, researcher).choose(label)
        walker.finish()
        assert walker.is_done
    assert not Event.objects.exists()
    assert not Trial.objects.exists()


@pytest.mark.parametrize("more", [BLOCKS, CROSSOVER, MIXED])
def test_no_page_gives_the_answer_away(survey_of, more):
    leaks, n_pages = find_leaks(survey_of(more))
    assert leaks == []
    assert n_pages > 20


def test_a_changed_condition_or_block_is_found_by_the_check_of_the_data(survey_of):
    Visitor(survey_of(CROSSOVER).slug).finish()
    Trial.objects.filter(position=1).update(condition="pv")
    Trial.objects.filter(position=2).update(block="part_2")
    words = "shows another condition, or is in another block, than the seed gives."
    assert problems() == [f"Trial {n} of participant 1 {words}" for n in (1, 2)]


def test_a_skipped_page_is_found_by_the_check_of_the_data(survey_of):
    Visitor(survey_of(BLOCKS).slug).finish()
    Participant.objects.update(progress={"part": 5, "feedback": 3, "score": 8})
    assert problems() == ["Participant 1 has skipped a page of kind feedback."]


def test_examples_that_are_kept_at_hand_can_be_opened_in_later_blocks_only(survey_of):
    visitor = Visitor(survey_of(BLOCKS).slug)
    visitor.go_to("trial/4")
    assert "at-hand" not in visitor.text
    visitor.get(visitor.url("at-hand/"))
    assert visitor.address == visitor.url("trial/4/")
    visitor.go_to("trial/5")
    assert f'href="{visitor.url("at-hand/")}" target="_blank"' in visitor.text
    learnt = [visitor.participant.trials.get(position=n).item.prediction for n in (3, 4)]
    visitor.get(visitor.url("at-hand/"))
    assert visitor.address == visitor.url("at-hand/")
    assert re.findall(r"<strong><bdi>(.*?)</bdi></strong>", visitor.text) == learnt
    visitor.arrive()
    visitor.finish()
    visitor.get(visitor.url("at-hand/"))
    assert visitor.address == visitor.url("thanks/")
    assert problems() == []


def test_a_preview_has_what_is_at_hand_too(survey_of, researcher):
    survey = survey_of(BLOCKS)
    walker = Previewer(survey.slug, researcher).choose()
    walker.go_to("trial/5")
    walker.get(walker.url("at-hand/"))
    assert walker.text.count("<strong><bdi>") == 2
