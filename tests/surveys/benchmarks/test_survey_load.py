"""The load that `bench_survey` plays: whole surveys over HTTP, and a verification that can fail."""

import pytest

from surveys.benchmarks.survey_load.crowd import play
from surveys.benchmarks.survey_load.options import LoadOptions
from surveys.benchmarks.survey_load.report import run_load
from surveys.benchmarks.survey_load.verification import find_losses
from surveys.models import Response
from tests.factories import make_survey

GIVEN = {
    "participants": 4,
    "simultaneous": 2,
    "seed": 1,
    "think": 0.0,
    "arrivals": 0.0,
    "double_submits": 0.5,
    "reloads": 0.5,
    "no_images": False,
    "only_arrive": False,
}


@pytest.fixture
def survey(transactional_db, tmp_path):
    return make_survey(tmp_path)


def options_for(survey, live_server, **changed):
    return LoadOptions(live_server.url, survey.slug, 4, 2, seed=1, **changed)


def test_everybody_finishes_and_nothing_is_lost(survey, live_server):
    report = run_load(survey, {**GIVEN, "url": live_server.url})
    assert report["errors"] == {}
    assert report["finished"] == 4
    assert report["stored"] == {"participants": 4, "finished": 4, "responses": 16}
    assert report["conditions"] == {"gradcam": 2, "pv": 2}
    assert report["losses_listed"] == []
    assert report["losses"] == 0
    assert report["requests"]["IMAGE"]["requests"] >= 4 * 8


def test_an_answer_that_is_not_stored_as_it_was_sent_is_reported(survey, live_server):
    played = play(options_for(survey, live_server))
    lost = Response.objects.first()
    lost.delete()
    assert any(
        f"Question {lost.trial.position}: {lost.option!r} was acknowledged, None is stored."
        == sentence
        for sentence in find_losses(survey, played.people)
    )


def test_who_only_arrives_has_a_condition_and_no_questions_yet(survey, live_server):
    report = run_load(survey, {**GIVEN, "only_arrive": True, "url": live_server.url})
    assert report["errors"] == {}
    assert report["conditions"] == {"gradcam": 2, "pv": 2}
    assert report["stored"] == {"participants": 4, "finished": 0, "responses": 0}


def test_a_server_that_refuses_is_counted_as_an_error(survey, live_server):
    played = play(LoadOptions(live_server.url, "no-such-survey", 1, 1, seed=1))
    assert played.timings.errors == {"UnexpectedPage: GET was answered 404.": 1}
