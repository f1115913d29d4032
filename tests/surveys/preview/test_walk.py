"""A preview shows the survey's own pages, and leaves nothing behind."""

import re

import pytest
from django.apps import apps
from django.core import serializers
from django.db import connection
from django.test import Client
from django.urls import reverse

from surveys.models import Survey
from surveys.participation.flow import STEPS
from surveys.preview.walk import Preview, ReadOnlyError, read_only
from surveys.studies.blinding import picture_labels
from tests.factories import make_survey
from tests.surveys.everything import EVERYTHING
from tests.surveys.visitor import Visitor

EVERY = 'languages = ["en", "it"]\n' + EVERYTHING


class Previewer(Visitor):
    """A researcher who walks through the preview as a visitor does through the survey."""

    def __init__(self, slug, browser):
        super().__init__(slug)
        self.browser = browser

    def url(self, rest=""):
        return f"/console/surveys/{self.slug}/preview/{rest}"

    def choose(self, condition="pv", **more):
        labels = picture_labels(Survey.objects.get(slug=self.slug))
        self.post(self.url("choose/"), {"condition": labels.get(condition, condition), **more})
        return self


def everything_stored():
    """Every row of every table, but for the session in which the researcher is signed in."""
    models = [model for model in apps.get_models() if model._meta.label != "sessions.Session"]
    return {model._meta.label: serializers.serialize("json", model._default_manager.all())
            for model in models}  # fmt: skip


@pytest.fixture
def survey(db, tmp_path):
    return make_survey(tmp_path, is_open=False, n_examples=3, more=EVERY)


@pytest.mark.parametrize("condition", ["gradcam", "pv"])
@pytest.mark.parametrize("status", Survey.Status.values)
def test_a_whole_walk_leaves_no_row_and_no_count(researcher, survey, condition, status):
    Survey.objects.update(status=status)
    before = everything_stored()
    walker = Previewer("shapes", researcher).choose(condition)
    walker.finish()
    assert walker.is_done
    assert everything_stored() == before
    assert Survey.objects.get().arrivals == 0
    headings = "".join(re.findall(r"<h1.*?</h1>", "".join(r.content.decode() for r in walker.seen)))
    for heading in ("How it works", "Thank you!", "What this study was about", "About you"):
        assert heading in headings
    assert len(walker.seen) > 2 * len(STEPS)


def test_its_pages_are_those_that_a_participant_sees(researcher, survey):
    """Apart from the bar above them and from what names the visitor."""
    Survey.objects.update(status=Survey.Status.OPEN)
    visitor = Visitor("shapes")
    visitor.arrive("?PROLIFIC_PID=x")
    visitor.finish()
    walker = Previewer("shapes", researcher).choose(visitor.participant.condition.name)
    walker.finish()

    def bare(pages, prefix):
        texts = [page.content.decode() for page in pages if page.status_code == 200]
        for pattern in (r'(?s)<aside class="preview-bar".*?</aside>', r' value="[\w-]{20,}"',
                        r"\n\s*\n"):  # fmt: skip
            texts = [re.sub(pattern, "\n", text) for text in texts]
        return [re.sub(r"\s+", " ", text.replace(prefix, "/x/")) for text in texts]

    expected = bare(visitor.seen, "/s/shapes/")
    found = bare(walker.seen, "/console/surveys/shapes/preview/")
    assert found[-len(expected) :] == expected


def test_it_would_not_get_away_with_writing(researcher, survey, monkeypatch):
    def write(*args):
        with connection.cursor() as cursor:
            cursor.execute("UPDATE surveys_survey SET arrivals = 1")

    monkeypatch.setattr(Preview, "show", write)
    with pytest.raises(ReadOnlyError, match="UPDATE"):
        Previewer("shapes", researcher).choose()
    assert Survey.objects.get().arrivals == 0


@pytest.mark.parametrize("statement", ["UPDATE x SET y = 1", " insert into x values (1)", "WITH a"])
def test_reading_only_means_only_reading(db, statement):
    with read_only(), pytest.raises(ReadOnlyError), connection.cursor() as cursor:
        cursor.execute(statement)


def test_it_is_for_those_who_are_signed_in(survey):
    stranger = Previewer("shapes", Client())
    for rest in ("", "choose/", "trial/1/", "return/"):
        response = stranger.browser.get(stranger.url(rest))
        assert response["Location"].startswith(reverse("accounts:login"))


def test_a_walk_of_one_survey_is_none_of_another(researcher, survey, tmp_path):
    make_survey(tmp_path, "other", n_examples=3)
    walker = Previewer("shapes", researcher).choose()
    other = Previewer("other", researcher)
    other.browser.cookies["preview"]["path"] = other.url()
    other.arrive()
    assert other.address == other.url("choose/")
    walker.arrive()
    assert walker.address == walker.url()


def test_without_a_chosen_condition_it_asks_for_one(researcher, survey):
    walker = Previewer("shapes", researcher)
    walker.get(walker.url("trial/2/"))
    assert walker.address == walker.url("choose/")
    walker.choose("okapi")
    assert walker.address == walker.url("choose/")


def test_any_other_page_leads_to_the_current_one(researcher, survey):
    walker = Previewer("shapes", researcher).choose()
    walker.get(walker.url("trial/3/"))
    assert walker.address == walker.url()
    walker.go_to("trial")
    walker.get(walker.url("thanks/"))
    assert walker.address == walker.url("trial/1/")


def test_it_refuses_what_the_survey_refuses(researcher, survey):
    walker = Previewer("shapes", researcher).choose()
    assert walker.send().status_code == 400
    walker.go_to("comprehension")
    assert walker.send(answer_1="1").status_code == 400
    walker.send(answer_1="1", answer_2="1")
    assert "Not all answers were right" in walker.text
    walker.go_to("practice")
    assert walker.send().status_code == 400
    walker.go_to("trial")
    assert walker.send().status_code == 400
    assert walker.send(answer="zebra").status_code == 400
    walker.answer()
    assert walker.send(answer=walker.form.choices["answer"][0]).status_code == 400
    walker.go_to("questions")
    assert walker.send().status_code == 400


def test_every_ending_can_be_seen(researcher, survey):
    walker = Previewer("shapes", researcher)
    walker.choose().send(agree="no")
    assert "NOCONSENT" in walker.text
    walker.choose().go_to("comprehension")
    walker.send(answer_1="1", answer_2="1")
    walker.send(answer_1="1", answer_2="1")
    assert "SCREENED" in walker.text
    walker.choose().go_to("trial")
    walker.get(walker.url("withdraw/"))
    walker.send()
    assert "You have withdrawn" in walker.text
    walker.choose().go_to("trial")
    while not walker.asked_for:
        walker.send(**walker.choices())
    wrong = next(key for key in walker.form.choices["answer"] if key != walker.asked_for)
    walker.answer(walker.form.choices["answer"].index(wrong))
    walker.finish()
    assert "FAILED" in walker.text
    walker.get(walker.url("return/"))
    assert "They are sent to https://app.example.org/complete?cc=FAILED" in walker.text


def test_it_is_shown_in_any_language(researcher, survey):
    walker = Previewer("shapes", researcher).choose(language="it")
    assert '<html lang="it"' in walker.text
    walker.get(walker.url("?lang=en"))
    assert '<html lang="en"' in walker.text
    walker.send_consent()
    assert '<html lang="en"' in walker.text


def test_no_page_takes_many_queries(researcher, survey, django_assert_max_num_queries):
    walker = Previewer("shapes", researcher).choose()
    for step in ("comprehension", "introduction", "practice", "trial", "questions", "thanks"):
        walker.go_to(step)
        with django_assert_max_num_queries(9):
            walker.get(walker.address)


def test_a_blind_study_is_previewed_by_the_numbers_of_its_pictures(researcher, survey):
    page = researcher.get("/console/surveys/shapes/preview/choose/").text
    assert "Picture 1" in page
    assert "gradcam" not in page
    walker = Previewer("shapes", researcher).choose("pv")
    assert f"with {picture_labels(survey)['pv']}. Nothing is stored." in walker.text
