"""What a question's page asks for: confidence, two steps, attention checks; and how heavy it is."""

import re
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders

from surveys.checks.stored_data import find_problems
from surveys.models import Response, Survey, Trial
from tests.factories import make_survey
from tests.surveys.participation.given.test_answers import began_earlier
from tests.surveys.visitor import Visitor

CONFIDENCE = "[trials]\nconfidence = true"
TWO_STEPS = "[trials]\ntwo_step = true"
BUDGET = 22_000


@pytest.fixture
def visitor_of(db, tmp_path):
    def make(more="", **kwargs):
        visitor = Visitor(make_survey(tmp_path, more=more, **kwargs).slug)
        visitor.begin()
        return visitor

    return make


def problems():
    return list(find_problems(Survey.objects.get()))


def test_confidence_is_stored_with_the_answer(visitor_of):
    visitor = visitor_of(CONFIDENCE)
    assert visitor.form.choices["confidence"] == ["1", "2", "3", "4", "5"]
    visitor.answer(confidence="4")
    assert visitor.responses[0].confidence == 4
    visitor.finish()
    assert problems() == []


@pytest.mark.parametrize("confidence", ["", "0", "6", "x", "٣", "3.0"])
def test_an_answer_without_confidence_is_asked_for_again(visitor_of, confidence):
    visitor = visitor_of(CONFIDENCE)
    response = visitor.answer(confidence=confidence)
    assert response.status_code == 400
    assert "You did not say how sure you are" in visitor.text
    assert not Response.objects.exists()


@pytest.mark.parametrize("confidence", ["4", "0", "x"])
def test_confidence_that_was_not_asked_for_is_refused(visitor_of, confidence):
    visitor = visitor_of()
    assert visitor.answer(confidence=confidence).status_code == 400
    assert not Response.objects.exists()


def test_in_two_steps_the_image_comes_alone_and_then_with_its_explanation(visitor_of):
    visitor = visitor_of(TWO_STEPS)
    (image,) = visitor.images
    visitor.get(visitor.url())
    began_earlier(seconds=2)
    first = {"response_time_ms": "1500", "hidden_time_ms": "20", "chosen_ms": "1000"}
    visitor.answer(2, **first, n_changes="3", timed_by="frames", images_failed="1")
    assert visitor.trial == 1
    assert len(visitor.images) == 2
    assert image in visitor.images
    trial = Trial.objects.get(position=1)
    assert trial.first_option == trial.options[2]
    assert (trial.first_response_time_ms, trial.first_hidden_time_ms) == (1500, 20)
    assert (trial.first_chosen_ms, trial.first_n_changes) == (1000, 3)
    assert (trial.first_timed_by, trial.first_images_failed) == ("frames", 1)
    assert (trial.first_times_shown, trial.times_shown) == (2, 1)
    assert not Response.objects.exists()
    assert visitor.text.count("checked") == 1
    began_earlier(seconds=2)
    visitor.answer(3, response_time_ms="4500")
    assert visitor.trial == 2
    assert visitor.responses[0].option == trial.options[3]
    # Longer than since the explanation came, if not than since the image did.
    assert visitor.responses[0].timed_by == "impossible"
    visitor.finish()
    assert problems() == []


def test_the_first_answer_counts_as_it_was_first_sent(visitor_of):
    visitor = visitor_of(TWO_STEPS)
    address, first, other = visitor.form.action, visitor.filled_form(0), visitor.filled_form(1)
    visitor.post(address, first)
    assert visitor.post(address, first).status_code == 200
    assert visitor.post(address, other).status_code == 409
    assert Trial.objects.get(position=1).first_option == first["answer"]
    assert not Response.objects.exists()
    visitor.get(visitor.url())
    visitor.answer(4)
    assert visitor.post(address, other).status_code == 409
    visitor.get(visitor.url())
    assert visitor.trial == 2


def test_the_first_step_cannot_be_left_out(visitor_of):
    from surveys.participation.given.answers import form_key

    visitor = visitor_of(TWO_STEPS)
    form = {**visitor.filled_form(), "form_key": form_key(visitor.participant, 1)}
    assert visitor.post(visitor.form.action, form).status_code == 409
    assert not Response.objects.exists()


def test_the_image_alone_is_asked_about_once(visitor_of):
    visitor = visitor_of(TWO_STEPS, conditions=("none", "pv"))
    assert visitor.participant.condition.name == "none"
    visitor.answer()
    assert visitor.trial == 2
    visitor.finish()
    assert problems() == []


def test_an_attention_check_asks_for_one_option_and_not_for_confidence(visitor_of):
    visitor = visitor_of(CONFIDENCE + "\n[checks]\nattention_after = [1]")
    visitor.answer(confidence="1")
    trial = visitor.participant.trials.get(position=2)
    assert f"To show that you are reading, choose “{trial.expected}” here." in visitor.text
    assert "confidence" not in visitor.form.choices
    visitor.send(answer=trial.expected)
    assert visitor.trial == 3
    assert visitor.participant.n_failed_checks == 0


def test_the_page_and_all_it_needs_but_images_is_small(visitor_of):
    for more in ("", CONFIDENCE + "\ntwo_step = true"):
        visitor = visitor_of(more, slug=f"s{len(more)}", n_right=28)
        visitor.answer()
        page = visitor.text
        files = re.findall(r'(?:href|src)="/static/([^"]+\.(?:css|js))"', page)
        assert len(files) == 6
        sizes = [Path(str(finders.find(name))).stat().st_size for name in files]
        assert sum(sizes) + len(page.encode()) < BUDGET


def test_nothing_from_elsewhere_keeps_the_page_from_being_shown(visitor_of):
    visitor = visitor_of()
    addresses = re.findall(r'(?:href|src|action)="([^"]+)"', visitor.text)
    assert all(address.startswith(("/", "#")) for address in addresses)
    assert re.findall(r"<script(?![^>]*\bdefer\b)", visitor.text) == []


def test_a_page_can_say_that_an_image_did_not_load(visitor_of):
    """Hidden until its script finds so; without one nothing is said, and nothing asked."""
    visitor = visitor_of()
    notice = re.search(r'<div [^>]*id="images-failed"[^>]*>(.*?)</div>', visitor.text)
    assert "hidden" in notice[0].split(">")[0]
    assert '<button type="button"' in notice[1]
    visitor.answer()
    assert visitor.responses[0].images_failed is None


def test_the_next_images_are_fetched_ahead(visitor_of):
    visitor = visitor_of()
    ahead = re.findall(r'rel="prefetch" href="([^"]+)"', visitor.text)
    visitor.answer()
    assert ahead == visitor.images
