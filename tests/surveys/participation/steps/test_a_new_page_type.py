"""A page type of one's own is one step, one template and one line in the list of steps."""

import importlib
from dataclasses import dataclass
from pathlib import Path

import pytest
from django.urls import clear_url_caches
from django.utils import timezone

from study import urls as site_urls
from surveys.checks.leaks import find_leaks
from surveys.checks.stored_data import find_problems
from surveys.console import urls as console_urls
from surveys.console.design import preview_urls
from surveys.models import Event, Survey
from surveys.monitoring.live import find_monitor
from surveys.participation import flow
from surveys.participation import urls as survey_urls
from surveys.participation.leaving.withdrawal import withdraw
from surveys.participation.shown.images import examples_of, find_pictures
from surveys.participation.steps.step import Step
from tests.factories import make_survey
from tests.surveys.preview.test_walk import Previewer
from tests.surveys.visitor import Visitor


@dataclass(frozen=True)
class ImageNote(Step):
    """A text with a picture."""

    name = "image_note"
    title = "Image note"

    def context(self, participant, sent, problem=None):
        example, protocol = examples_of(participant)[0], participant.protocol
        pictures = find_pictures([example], participant.group, protocol)[0]
        return {"note": "Look closely.", "image": pictures.addresses[0]}


@pytest.fixture
def survey(db, tmp_path, settings, monkeypatch):
    templates = [{**settings.TEMPLATES[0], "DIRS": [Path(__file__).parent / "templates"]}]
    settings.TEMPLATES = templates
    place = [step.name for step in flow.STEPS].index("trial")
    monkeypatch.setattr(flow, "STEPS", flow.STEPS)
    flow.STEPS.insert(place, ImageNote())
    read_addresses_again()
    yield make_survey(tmp_path, n_examples=3)
    del flow.STEPS[place]
    read_addresses_again()


def read_addresses_again():
    for module in (survey_urls, preview_urls, console_urls, site_urls):
        importlib.reload(module)
    clear_url_caches()


def test_participants_meet_it_once_and_in_its_place(survey):
    visitor = Visitor(survey.slug)
    visitor.go_to("image_note")
    assert "Look closely." in visitor.text
    assert visitor.participant.introduced_at is not None
    visitor.get(visitor.url("trial/1/"))
    assert visitor.address == visitor.url("image_note/")
    form = visitor.form.values
    visitor.send()
    assert visitor.address == visitor.url("trial/1/")
    visitor.post(visitor.url("image_note/"), form)
    assert visitor.address == visitor.url("trial/1/")
    assert visitor.participant.progress == {"image_note": 1}
    assert Event.objects.filter(detail="image_note").count() == 1
    visitor.finish()
    assert visitor.is_done
    assert list(find_problems(Survey.objects.get())) == []


def test_a_preview_shows_it_and_stores_nothing(survey, researcher):
    walker = Previewer(survey.slug, researcher).choose()
    walker.go_to("image_note")
    assert "Look closely." in walker.text
    walker.finish()
    assert walker.is_done
    assert not Event.objects.exists()


def test_the_funnel_counts_who_completed_it(survey):
    for name in ("stays", "goes on"):
        visitor = Visitor(survey.slug)
        visitor.go_to("image_note")
        if name == "goes on":
            visitor.send()
    rows = find_monitor(Survey.objects.get(), timezone.now()).funnel
    reached = {row.label: row.reached for row in rows}
    assert (reached["Introduction"], reached["Image note"]) == (2, 1)


def test_the_search_for_leaks_walks_it(survey):
    leaks, n_pages = find_leaks(survey)
    place = flow.STEPS.index(ImageNote())
    flow.STEPS.remove(ImageNote())
    try:
        assert (leaks, n_pages) == ([], find_leaks(survey)[1] + 2)
    finally:
        flow.STEPS.insert(place, ImageNote())


def test_a_withdrawal_leaves_nothing_of_it(survey):
    visitor = Visitor(survey.slug)
    visitor.go_to("trial")
    withdraw(visitor.participant)
    assert visitor.participant.progress == {}
    assert list(find_problems(Survey.objects.get())) == []
