"""The messages that are kept of a build."""

from pv_engine.builds import segments, services
from pv_engine.builds.log import last_messages, note_progress
from pv_engine.errors import ImageDataError
from pv_engine.models import Build, BuildMessage
from study.runs.claims import claim_run, release
from study.runs.segments import advance
from tests.pv_engine.scripted_engine import ScriptedStep
from tests.team import make_user

pytest_plugins = ["tests.pv_engine.builds_cast"]
KEPT = BuildMessage.KEPT


def texts(build):
    return [line.text for line in last_messages(build)]


def test_the_log_of_a_build_says_who_did_what_and_how_far_it_was(recipe, sent, engine, db):
    ada = make_user("ada")
    build = services.start_build(recipe, ada)
    engine.script = [
        ScriptedStep(message="Step 300 of 600"),
        ImageDataError("The folder photos is empty."),
    ]
    for claim in (0, 1):
        advance(Build, build.pk, claim, "worker@one", segments.run_segment)
    services.resume_build(build.pk, ada)
    services.cancel_build(build.pk, ada)

    assert texts(build) == [
        "Cancelled by ada.",
        "Resumed by ada.",
        "Failed: The folder photos is empty.",
        "Step 300 of 600",
        "Started by the worker worker@one.",
        "Started by ada.",
    ]


def test_another_worker_is_noted(build, sent):
    release(claim_run(Build, build.pk, 0, "worker@one"))
    claim_run(Build, build.pk, 1, "worker@two")
    assert texts(build)[0] == "Started by the worker worker@two."


def test_progress_is_bounded_and_pushes_no_event_out(build):
    build.note("Started.")
    for step in range(KEPT + 5):
        note_progress(build, f"Step {step}")

    assert len(texts(build)) == KEPT + 1
    assert texts(build)[0] == f"Step {KEPT + 4}"
    assert texts(build)[-2:] == ["Step 5", "Started."]


def test_events_are_bounded_too(build):
    for number in range(KEPT + 5):
        build.note(f"Event {number}")
    assert texts(build)[-1] == "Event 5"


def test_progress_that_says_the_same_again_is_kept_once(build):
    note_progress(build, "Preparing")
    note_progress(build, "Preparing")
    assert texts(build) == ["Preparing"]
