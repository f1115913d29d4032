import csv
import logging
from io import StringIO
from random import Random
from statistics import mean

import pytest
from django.core.management import CommandError, call_command

from surveys.bots import policies
from surveys.bots.policies import PaperPolicy, ReaderPolicy
from surveys.bots.walker import Stamina, run_bots
from surveys.checks.stored_data import find_problems
from surveys.errors import BotError
from surveys.models import Participant, Response, Survey
from surveys.studies.lifecycle.publishing import close_survey
from tests.factories import make_survey
from tests.surveys.everything import EVERYTHING
from tests.surveys.visitor import Visitor


def make_scores(folder, rows):
    file = folder / "scores.csv"
    header = (
        "participant_id,condition,correct_model_wrong,n_model_wrong,"
        "correct_model_right,n_model_right"
    )
    file.write_text("\n".join([header, *rows]) + "\n")
    return file


def share_correct(**filters):
    responses = Response.objects.filter(**filters).select_related("trial__item")
    return mean(response.option == response.trial.item.prediction for response in responses)


def test_bots_walk_the_whole_survey_and_leave_consistent_data(survey):
    bots = list(run_bots(survey, 5, 1, policies.uniform))
    assert all(bot.finished_at for bot in bots)
    assert Response.objects.count() == 20
    survey.refresh_from_db()
    assert (survey.arrivals, survey.assigned) == (5, 5)
    assert list(find_problems(survey)) == []


def test_bots_are_marked_for_good(survey):
    list(run_bots(survey, 2, 1, policies.uniform))
    assert Participant.objects.filter(simulated=True).count() == 2


def test_a_person_may_join_after_bots_and_is_not_marked(survey):
    list(run_bots(survey, 1, 1, policies.uniform))
    visitor = Visitor(survey.slug)
    visitor.finish()
    assert visitor.participant.simulated is False
    with pytest.raises(BotError, match="has real participants"):
        list(run_bots(survey, 1, 2, policies.uniform))


@pytest.mark.parametrize("mark", ["1", "true", "forged:signature"])
def test_nobody_can_mark_themselves_as_a_bot(survey, mark):
    visitor = Visitor(survey.slug)
    response = visitor.get(visitor.url(f"?simulated={mark}"))
    assert response.status_code == 403
    assert "participant" not in visitor.browser.cookies


def test_a_survey_that_is_not_open_has_no_bots(survey):
    close_survey(survey)
    with pytest.raises(BotError, match="is not open; open it"):
        list(run_bots(survey, 1, 1, policies.uniform))


def test_the_same_seed_gives_the_same_answers(db, tmp_path):
    answers = []
    for slug in ("one", "two"):
        survey = make_survey(tmp_path, slug)
        # The generator is seeded by the slug, too; give both surveys the same one.
        survey.slug, real = "one", survey.slug
        type(survey).objects.filter(slug=real).update(slug="one")
        list(run_bots(survey, 3, 9, policies.uniform))
        stored = Response.objects.filter(trial__participant__survey=survey)
        answers.append(list(stored.order_by("pk").values_list("option", "response_time_ms")))
        type(survey).objects.filter(pk=survey.pk).update(slug=f"was-{real}")
    assert answers[0] == answers[1]


def test_truthful_bots_name_what_is_in_the_image(survey):
    list(run_bots(survey, 4, 1, policies.truth))
    assert share_correct(trial__item__stratum="model_right") == 1
    assert share_correct(trial__item__stratum="model_wrong") == 0


def test_paper_bots_score_as_the_published_participants_did(db, tmp_path):
    survey = make_survey(tmp_path, n_wrong=4, n_right=4)
    file = make_scores(tmp_path, ["a,gradcam,0,4,4,4", "b,pv,3,4,1,4"])
    list(run_bots(survey, 4, 1, PaperPolicy(file)))
    shares = {
        (condition, stratum): share_correct(
            trial__participant__condition__name=condition, trial__item__stratum=stratum
        )
        for condition in ("gradcam", "pv")
        for stratum in ("model_wrong", "model_right")
    }
    assert shares == {
        ("gradcam", "model_wrong"): 0,
        ("gradcam", "model_right"): 1,
        ("pv", "model_wrong"): 0.75,
        ("pv", "model_right"): 0.25,
    }


def test_shares_that_do_not_come_out_even_are_rounded_at_random(survey):
    visitor = Visitor(survey.slug)
    visitor.begin()
    trials = list(visitor.participant.trials.all())
    counts = [len(policies._draw_correct(trials, 1 / 3, Random(n))) for n in range(3000)]
    assert set(counts) == {1, 2}
    assert mean(counts) == pytest.approx(4 / 3, abs=0.03)


def test_conditions_that_were_not_published_answer_by_chance(db, tmp_path):
    survey = make_survey(tmp_path, conditions=("none", "other"))
    policy = PaperPolicy(make_scores(tmp_path, ["a,gradcam,0,4,4,4"]))
    list(run_bots(survey, 2, 1, policy))
    assert Response.objects.count() == 8


def test_a_scores_file_with_other_columns_is_refused(tmp_path):
    (tmp_path / "scores.csv").write_text("condition,score\ngradcam,1\n")
    with pytest.raises(BotError, match="must have the columns condition, correct_model_wrong"):
        PaperPolicy(tmp_path / "scores.csv")


def test_a_missing_scores_file_is_named(tmp_path):
    with pytest.raises(BotError, match=r"scores.csv, which cannot be opened"):
        PaperPolicy(tmp_path / "scores.csv")


def test_the_command_uses_the_published_scores(survey):
    out = StringIO()
    call_command("run_bots", survey.slug, participants=2, seed=1, stdout=out)
    assert "2 simulated participants have finished 'shapes': 1 gradcam, 1 pv." in out.getvalue()


def test_the_command_does_not_bury_what_it_says_in_lines_on_requests(survey, caplog):
    with caplog.at_level(logging.INFO, logger="study.monitoring.request_log"):
        call_command("run_bots", survey.slug, participants=1, seed=1)
        assert caplog.records == []
        survey_page = Visitor(survey.slug)
        survey_page.arrive()
    assert {record.name for record in caplog.records} == {"study.monitoring.request_log"}


def test_the_command_names_the_surveys_there_are(survey):
    with pytest.raises(CommandError, match="no study 'nothing'; the studies here are: shapes"):
        call_command("run_bots", "nothing", participants=2, seed=1)


def test_the_command_refuses_a_number_of_bots_that_makes_no_sense(survey):
    with pytest.raises(CommandError, match="--participants must be at least 1, but is 0"):
        call_command("run_bots", survey.slug, participants=0, seed=1)


def test_the_published_scores_have_both_conditions(settings):
    file = settings.BASE_DIR / "fixtures" / "published_scores.csv"
    with file.open() as lines:
        assert {row["condition"] for row in csv.DictReader(lines)} == {"gradcam", "pv"}


def make_probabilities(folder, rows):
    file = folder / "probabilities.csv"
    file.write_text("\n".join(["item,condition,option,probability", *rows]) + "\n")
    return file


def test_readers_answer_from_stored_probabilities(survey, tmp_path):
    items = survey.stimulus_set.items.filter(is_example=False)
    rows = [
        f"{item.name},{condition},{option},{probability}"
        for item in items
        for condition, option, probability in (
            ("gradcam", item.prediction, 1),
            ("pv", item.prediction, 0.5),
            ("pv", "cant_tell", 0.5),
        )
    ]
    list(run_bots(survey, 24, 1, ReaderPolicy(make_probabilities(tmp_path, rows))))
    assert share_correct(trial__participant__condition__name="gradcam") == 1
    # 48 answers, 24 expected right, standard deviation 3.5.
    assert abs(share_correct(trial__participant__condition__name="pv") - 0.5) < 0.25
    pv = Response.objects.filter(trial__participant__condition__name="pv")
    assert "cant_tell" in set(pv.values_list("option", flat=True))


def test_readers_answer_by_chance_where_nothing_is_stored(survey, tmp_path):
    list(run_bots(survey, 10, 1, ReaderPolicy(make_probabilities(tmp_path, []))))
    assert 0 < share_correct() < 0.6


@pytest.mark.parametrize("row", ["a,pv,boat,2", "a,pv,boat,x", "a,pv"])
def test_a_probabilities_file_with_other_values_is_refused(tmp_path, row):
    with pytest.raises(BotError, match="numbers from 0 to 1"):
        ReaderPolicy(make_probabilities(tmp_path, [row]))


def test_tired_bots_answer_more_and_more_by_chance(db, tmp_path):
    survey = make_survey(tmp_path, n_wrong=1, n_right=19)
    list(run_bots(survey, 6, 1, policies.truth, Stamina(tiring=0.05)))
    of_right = {"trial__item__stratum": "model_right"}
    early = share_correct(trial__position__lte=5, **of_right)
    late = share_correct(trial__position__gt=15, **of_right)
    assert early > 0.7
    assert late < early - 0.2


def test_bots_that_drop_out_leave_consistent_data(survey):
    bots = list(run_bots(survey, 20, 1, policies.uniform, Stamina(dropout=0.2)))
    finished = sum(bot.finished_at is not None for bot in bots)
    assert 0 < finished < 20
    assert list(find_problems(Survey.objects.get())) == []


def test_bots_find_their_way_through_every_section(db, tmp_path):
    survey = make_survey(tmp_path, more=EVERYTHING, n_examples=3)
    bots = list(run_bots(survey, 3, 1, policies.uniform))
    assert all(bot.n_pages == 2 and bot.debriefed_at for bot in bots)
    assert {bot.n_failed_checks for bot in bots} == {0}
    assert {bot.questionnaire["remarks"] for bot in bots} == {"simulated"}
    assert list(find_problems(Survey.objects.get())) == []


def test_bots_that_find_no_place_say_so(db, tmp_path):
    survey = make_survey(tmp_path, more="[assignment]\nplaces = 1")
    with pytest.raises(BotError, match="perhaps all places are taken"):
        list(run_bots(survey, 2, 1, policies.uniform))


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"tiring": 2.0}, "--tiring must be from 0 to 1, but is 2.0"),
        ({"dropout": -0.1}, "--dropout must be from 0 to 1"),
        ({"policy": "reader"}, "--policy reader needs a CSV file"),
        ({"policy": "uniform", "url": "http://127.0.0.1:9"}, "No server answers at"),
        ({"policy": "uniform", "url": "file:///etc"}, "must begin with http"),
    ],
)
def test_the_command_says_what_would_be_right(survey, options, message):
    with pytest.raises(CommandError, match=message):
        call_command("run_bots", survey.slug, participants=1, seed=1, stdout=StringIO(), **options)


@pytest.mark.django_db(transaction=True)
def test_bots_take_a_survey_over_http(live_server, tmp_path):
    survey = make_survey(tmp_path)
    out = StringIO()
    call_command(
        "run_bots", survey.slug, participants=2, seed=1, policy="uniform",
        url=live_server.url, stdout=out,
    )  # fmt: skip
    assert "2 simulated participants have finished" in out.getvalue()
    assert Participant.objects.filter(simulated=True, finished_at__isnull=False).count() == 2
    assert list(find_problems(Survey.objects.get())) == []
