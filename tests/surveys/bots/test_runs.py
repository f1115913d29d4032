"""Bots that a worker lets in, a few at a time."""

from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.utils import timezone

from study.runs.models import NO_BROKER, WORKER_LOST
from study.runs.segments import UNEXPECTED
from study.runs.workers import resume_interrupted
from surveys import tasks
from surveys.bots import runs
from surveys.bots.walker import run_bots
from surveys.checks.stored_data import find_problems
from surveys.errors import BotError
from surveys.models import BotRun, Participant, Survey
from tests.factories import make_survey
from tests.surveys.visitor import Visitor

pytestmark = pytest.mark.django_db
Status = BotRun.Status


@pytest.fixture
def sent(monkeypatch):
    """The messages that workers would get, in order, each (run, claim)."""
    messages = []
    monkeypatch.setattr(
        tasks.advance_bot_run,
        "apply_async",
        lambda args, kwargs, countdown=None: messages.append(args),
    )
    return messages


@pytest.fixture
def start(survey, sent, django_capture_on_commit_callbacks):
    def start_run(participants=7, **more):
        with django_capture_on_commit_callbacks(execute=True):
            return runs.start_run(survey, participants, 1, "uniform", "rosa", **more)

    return start_run


@pytest.fixture
def work(sent, django_capture_on_commit_callbacks):
    """A worker that takes the next message."""

    def take_message():
        with django_capture_on_commit_callbacks(execute=True):
            tasks.advance_bot_run(*sent.pop(0))

    return take_message


def bots():
    return Participant.objects.filter(simulated=True, finished_at__isnull=False).count()


def test_a_run_is_done_in_segments_and_counted_as_it_goes(survey, start, work, sent):
    run = start()
    assert (run.status, bots()) == (Status.QUEUED, 0)
    work()
    run.refresh_from_db()
    assert (run.status, run.done, bots()) == (Status.RUNNING, 5, 5)
    work()
    run.refresh_from_db()
    assert (run.status, run.done, bots()) == (Status.FINISHED, 7, 7)
    assert run.finished_at is not None
    assert sent == []
    survey.refresh_from_db()
    assert list(find_problems(survey)) == []


def test_in_segments_bots_answer_as_they_would_at_once(survey, start, work, tmp_path):
    from surveys.bots.policies import uniform

    start(6)
    work()
    work()
    other = make_survey(tmp_path, "shapes-again")
    # A bot's answers follow from the survey's slug, too.
    Survey.objects.filter(pk=survey.pk).update(slug="x")
    Survey.objects.filter(pk=other.pk).update(slug="shapes")
    list(run_bots(Survey.objects.get(pk=other.pk), 6, 1, uniform))

    def answers(of):
        rows = of.participants.order_by("number", "trials__position")
        return list(rows.values_list("number", "trials__position", "trials__response__option"))

    assert answers(survey) == answers(other)


def test_a_run_can_be_stopped_and_continued(start, work, sent, django_capture_on_commit_callbacks):
    run = start()
    work()
    assert runs.stop_run(run, "rosa")
    assert not runs.stop_run(run, "rosa")
    work()
    run.refresh_from_db()
    assert (run.status, run.done, bots(), sent) == (Status.CANCELLED, 5, 5, [])
    with django_capture_on_commit_callbacks(execute=True):
        assert runs.continue_run(run, "rosa")
    work()
    run.refresh_from_db()
    assert (run.status, run.done, bots()) == (Status.FINISHED, 7, 7)
    assert not runs.continue_run(run, "rosa")


def test_stopping_ends_a_segment_after_the_bot_under_way(start, work, monkeypatch):
    run = start()
    real = run_bots

    def stop_after_two(*args, **more):
        for index, bot in enumerate(real(*args, **more), start=1):
            if index == 2:
                runs.stop_run(run, "rosa")
            yield bot

    monkeypatch.setattr(runs, "run_bots", stop_after_two)
    work()
    run.refresh_from_db()
    assert (run.status, run.done, bots()) == (Status.CANCELLED, 1, 2)


def test_a_message_that_comes_twice_does_nothing_the_second_time(start, work, sent):
    start()
    again = sent[0]
    work()
    tasks.advance_bot_run(*again)
    assert bots() == 5


def test_a_lost_run_is_known_and_taken_up_again(start, sent, django_capture_on_commit_callbacks):
    run = start()
    now = timezone.now()
    BotRun.objects.update(status=Status.RUNNING, claim=1, claimed_at=now, done=5)
    run.refresh_from_db()
    assert not run.is_lost
    assert not runs.continue_run(run, "rosa")
    BotRun.objects.update(claimed_at=now - timedelta(minutes=3))
    run.refresh_from_db()
    assert run.notice == WORKER_LOST
    sent.clear()
    with django_capture_on_commit_callbacks(execute=True):
        assert runs.continue_run(run, "rosa")
    # The claim has lapsed: the message with which it was made takes it over.
    assert sent == [(run.pk, 0)]


def test_a_worker_that_starts_takes_up_what_another_left(
    start, sent, no_workers, django_capture_on_commit_callbacks
):
    run = start()
    sent.clear()
    with django_capture_on_commit_callbacks(execute=True):
        resume_interrupted(SimpleNamespace(hostname="worker@one"))
    assert sent == [(run.pk, 0)]


def test_real_participants_keep_bots_out_at_any_time(survey, start, work):
    run = start()
    work()
    Visitor(survey.slug).begin()
    work()
    run.refresh_from_db()
    assert (run.status, run.done) == (Status.FAILED, 5)
    assert "has real participants, so bots may not take it" in run.error
    with pytest.raises(BotError, match="has real participants"):
        start()


@pytest.mark.parametrize(
    ("participants", "policy", "message"),
    [
        (0, "uniform", "from 1 to 10000, but is 0"),
        (10_001, "uniform", "from 1 to 10000"),
        (1, "reader", "must be one of paper, uniform, truth, but is 'reader'"),
    ],
)
def test_it_says_what_is_wrong_with_a_run(survey, participants, policy, message):
    with pytest.raises(BotError, match=message):
        runs.start_run(survey, participants, 1, policy, "rosa")


def test_without_a_broker_the_run_waits(survey, no_broker, django_capture_on_commit_callbacks):
    with no_broker(), django_capture_on_commit_callbacks(execute=True):
        run = runs.start_run(survey, 1, 1, "uniform", "rosa")
    run.refresh_from_db()
    assert (run.status, run.notice) == (Status.QUEUED, NO_BROKER)


def test_an_unexpected_failure_is_logged_and_softened(start, work, monkeypatch):
    def fail(*args, **more):
        raise ZeroDivisionError

    run = start()
    monkeypatch.setattr(runs, "run_bots", fail)
    work()
    run.refresh_from_db()
    assert (run.status, run.error) == (Status.FAILED, UNEXPECTED.format(advice=BotRun.advice))


def test_the_console_starts_watches_and_stops_them(researcher, survey, sent):
    address = f"/console/surveys/{survey.slug}/bots/"
    assert "None yet" in researcher.get(address).text
    researcher.post(address, {"participants": "3", "seed": "1", "policy": "uniform"})
    run = BotRun.objects.get()
    assert (run.participants, run.by) == (3, "rosa")
    page = researcher.get(address).text
    assert "Waiting for a worker" in page
    assert '<td data-label="Answers">At random</td>' in page
    assert 'data-live-seconds="2"' in page
    assert "Cancelled" in researcher.post(f"{address}{run.pk}/", {"do": "stop"}, follow=True).text
    again = researcher.post(f"{address}{run.pk}/", {"do": "stop"}, follow=True).text
    assert "This run has already ended" in again
    wrong = researcher.post(address, {"participants": "x"}, follow=True).text
    assert "participants must be a whole number from 1 to 10000, but is &#x27;x&#x27;." in wrong


def test_the_console_offers_no_bots_where_people_are(researcher, survey, ben):
    page = researcher.get(f"/console/surveys/{survey.slug}/bots/").text
    assert "has real participants" in page
    assert "Start the bots" not in page


@pytest.mark.parametrize("seed", ["abc", "-1", "1.5", "9223372036854775808", ""])
def test_a_seed_that_is_no_whole_number_is_refused_in_words(researcher, survey, sent, seed):
    address = f"/console/surveys/{survey.slug}/bots/"
    data = {"participants": "3", "seed": seed, "policy": "uniform"}
    page = researcher.post(address, data, follow=True).text
    assert "The field seed must be a whole number from 0 to 9223372036854775807" in page
    assert not BotRun.objects.exists()


def test_a_large_seed_is_taken_as_written(researcher, survey, sent):
    data = {"participants": "3", "seed": "100000000", "policy": "uniform"}
    researcher.post(f"/console/surveys/{survey.slug}/bots/", data)
    assert BotRun.objects.get().seed == 100_000_000
