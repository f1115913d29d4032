"""Exports and reports of the console: asked for, made by a worker, kept, taken, deleted."""

import csv
import hashlib
import io
import json
import zipfile
from datetime import timedelta
from types import SimpleNamespace

import pytest
from celery.exceptions import WorkerLostError
from django.contrib.auth.models import User
from django.utils import timezone

from accounts.models import AuditEntry
from study.runs.claims import claim_run, keep
from study.runs.models import NO_BROKER
from study.runs.segments import PROCESS_LOST, work_on
from study.runs.workers import fail_run_of_lost_process, resume_interrupted
from surveys import tasks
from surveys.errors import BlindingError, JobError
from surveys.jobs import work
from surveys.jobs.files import archive_of, files_folder, pack
from surveys.jobs.queue import delete_job, retry_job, start_job
from surveys.jobs.report_summary import find_results, results_file
from surveys.models import Job
from surveys.studies.blinding import unblind
from surveys.studies.lifecycle.publishing import close_survey
from tests.surveys.visitor import Visitor

EXPORTS = "/console/surveys/shapes/exports/"


def claim_job(pk, worker, claim=0):
    return claim_run(Job, pk, claim, worker)


@pytest.fixture
def rosa(db):
    return User.objects.create_user("rosa-levi")


@pytest.fixture
def study(survey, rosa, settings, tmp_path):
    """Closed and unblinded, with four people who finished."""
    settings.REPORTS_DIR = tmp_path / "reports"
    for _ in range(4):
        Visitor(survey.slug).finish()
    close_survey(survey)
    unblind(survey, rosa, survey.slug)
    return survey


def build_at_once(slug, folder):
    """Stands in for the analysis where what it computes is no matter."""
    folder.mkdir()
    (folder / "results.json").write_text("{}")
    (folder / "report.html").write_text("<!doctype html>")
    return ""


def refuse_to_build(slug, folder):
    return "The moon is in the wrong house."


@pytest.fixture
def quick(settings):
    settings.REPORT_BUILDER = f"{__name__}.build_at_once"


@pytest.fixture
def run(django_capture_on_commit_callbacks):
    """Does something and then what was to happen once it is stored: tasks run at once."""

    def run(action, *args, **more):
        with django_capture_on_commit_callbacks(execute=True):
            return action(*args, **more)

    return run


def made(run, study, rosa, kind, **more):
    job = run(start_job, study, kind, rosa, **more)
    job.refresh_from_db()
    assert job.error == ""
    return job


def actions(study):
    return list(
        AuditEntry.objects.filter(subject_kind="survey", subject_id=str(study.pk))
        .order_by("number").values_list("action", flat=True)
    )  # fmt: skip


def test_an_export_is_one_zip_of_the_psych_ds_folder_with_its_hash(run, study, rosa):
    job = made(run, study, rosa, "export")
    content = archive_of(job).read_bytes()
    assert (job.status, job.permille) == ("finished", 1000)
    assert (job.sha256, job.size) == (hashlib.sha256(content).hexdigest(), len(content))
    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        names = packed.namelist()
        assert "shapes-export/dataset_description.json" in names
        assert not any("stimuli/" in name for name in names)
        trials = packed.read("shapes-export/data/study-shapes_description-trials_data.csv")
    assert len(list(csv.DictReader(trials.decode().splitlines()))) == 16
    assert [path.name for path in files_folder(study).iterdir()] == [job.file_name]
    assert actions(study)[-2:] == ["job.started", "survey.exported"]


def test_the_same_answers_give_the_same_file(run, study, rosa):
    first, second = (made(run, study, rosa, "export") for _ in range(2))
    assert first.sha256 == second.sha256
    assert first.file_name != second.file_name


def test_the_images_go_with_an_export_when_asked_for(run, study, rosa):
    job = made(run, study, rosa, "export", with_images=True)
    with zipfile.ZipFile(archive_of(job)) as packed:
        images = [name for name in packed.namelist() if name.endswith(".webp")]
    assert len(images) == 12


def test_a_report_is_packed_can_be_read_and_its_numbers_appear_under_results(
    run, study, rosa, researcher
):
    job = made(run, study, rosa, "report")
    with zipfile.ZipFile(archive_of(job)) as packed:
        report = packed.read("shapes-report/report.html").decode()
        stored = json.loads(packed.read("shapes-report/results.json"))
    assert stored == json.loads(results_file(study).read_text())
    assert find_results(study).n_participants == 4
    answer = researcher.get(f"{EXPORTS}{job.pk}/report/")
    assert b"".join(answer.streaming_content).decode() == report
    policy = answer["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'; style-src 'unsafe-inline'")
    assert "script-src" not in policy
    assert "sandbox" in policy
    assert "job.report_built" in actions(study)


def test_a_newer_report_takes_the_place_of_the_earlier_one_whose_file_stays(
    run, study, rosa, quick
):
    first = made(run, study, rosa, "report")
    made(run, study, rosa, "report")
    assert archive_of(first).is_file()
    assert sorted(path.name for path in results_file(study).parent.parent.iterdir()) == [
        "shapes", "shapes.files",
    ]  # fmt: skip


def test_what_is_no_report_is_never_replaced(run, study, rosa, quick):
    theirs = results_file(study).with_name("thesis.tex")
    theirs.parent.mkdir(parents=True)
    theirs.write_text("years of work")
    job = run(start_job, study, "report", rosa)
    job.refresh_from_db()
    assert job.status == "failed"
    assert "holds files that are no report" in job.error
    assert theirs.read_text() == "years of work"
    assert list(files_folder(study).iterdir()) == []


def test_nothing_is_made_while_the_study_is_blind(survey, rosa, researcher, cy):
    with pytest.raises(BlindingError, match="The export would show which condition is which"):
        start_job(survey, "export", rosa)
    page = researcher.get(EXPORTS).content.decode()
    assert "This study is blind" in page
    assert "Export the data" not in page
    answer = researcher.post(EXPORTS, {"kind": "export"}, follow=True)
    assert "still blind" in answer.content.decode()
    assert not Job.objects.exists()


def test_a_message_that_comes_twice_makes_one_file(run, study, rosa):
    job = start_job(study, "export", rosa)
    assert claim_job(job.pk, "worker@one").worker == "worker@one"
    assert claim_job(job.pk, "worker@two") is None


def test_one_of_a_kind_is_made_at_a_time(study, rosa):
    start_job(study, "export", rosa)
    with pytest.raises(JobError, match="One is already being made"):
        start_job(study, "export", rosa)
    start_job(study, "report", rosa)


def test_a_failure_is_shown_in_its_own_words_and_can_be_tried_again(run, study, rosa, settings):
    settings.REPORT_BUILDER = f"{__name__}.refuse_to_build"
    job = run(start_job, study, "report", rosa)
    job.refresh_from_db()
    assert (job.status, job.error) == ("failed", "The moon is in the wrong house.")
    settings.REPORT_BUILDER = f"{__name__}.build_at_once"
    run(retry_job, job, rosa)
    job.refresh_from_db()
    assert (job.status, job.error) == ("finished", "")


def test_an_unforeseen_failure_is_softened_and_leaves_nothing_behind(
    run, study, rosa, monkeypatch, caplog
):
    def fail(*_):
        raise RuntimeError("secret detail")

    monkeypatch.setattr(work, "pack", fail)
    job = run(start_job, study, "export", rosa)
    job.refresh_from_db()
    assert job.status == "failed"
    assert "secret detail" not in job.error
    assert "secret detail" in caplog.text
    assert list(files_folder(study).iterdir()) == []


def test_a_job_whose_worker_was_lost_can_be_tried_again_and_the_lost_one_writes_no_more(
    run, study, rosa
):
    job = start_job(study, "export", rosa)
    lost = claim_job(job.pk, "worker@lost")
    with pytest.raises(JobError, match="being made or has finished"):
        retry_job(job, rosa)
    Job.objects.update(claimed_at=timezone.now() - Job.lease - timedelta(seconds=1))
    job.refresh_from_db()
    run(retry_job, job, rosa)
    job.refresh_from_db()
    assert job.status == "finished"
    work_on(lost, work.make_file_of)
    again = Job.objects.get()
    assert (again.file_name, again.sha256) == (job.file_name, job.sha256)
    assert [path.name for path in files_folder(study).iterdir()] == [job.file_name]


def test_a_worker_that_starts_makes_again_what_it_was_stopped_at(run, study, rosa, no_workers):
    job = start_job(study, "export", rosa)
    claim_job(job.pk, "worker@here")
    (files_folder(study) / f".making-{job.pk}-x1y2").mkdir(parents=True)
    run(resume_interrupted, SimpleNamespace(hostname="worker@elsewhere"))
    job.refresh_from_db()
    assert job.status == "running"
    run(resume_interrupted, SimpleNamespace(hostname="worker@here"))
    job.refresh_from_db()
    assert job.status == "finished"
    assert [path.name for path in files_folder(study).iterdir()] == [job.file_name]


def test_a_lost_process_fails_its_job_and_leaves_nothing_half_written(study, rosa):
    job = start_job(study, "export", rosa)
    other = start_job(study, "report", rosa)
    for one in (job, other):
        claim_job(one.pk, "worker@here")
        (files_folder(study) / f".making-{one.pk}-x1y2" / "data").mkdir(parents=True)
    killed = WorkerLostError("killed")
    fail_run_of_lost_process(tasks.make_file, exception=killed, args=(job.pk, 0))
    assert [path.name for path in files_folder(study).iterdir()] == [f".making-{other.pk}-x1y2"]
    job.refresh_from_db()
    assert (job.status, job.error) == ("failed", PROCESS_LOST.format(advice="Try again."))


def test_a_deleted_file_is_gone_and_the_log_keeps_its_hash(run, study, rosa, quick):
    job = made(run, study, rosa, "report")
    run(delete_job, job, rosa)
    assert not Job.objects.exists()
    assert list(files_folder(study).iterdir()) == []
    entry = AuditEntry.objects.get(action="job.deleted")
    assert entry.details["sha256"] == job.sha256


def test_what_is_being_made_is_not_deleted(study, rosa):
    job = start_job(study, "export", rosa)
    with pytest.raises(JobError, match="once it has finished"):
        delete_job(job, rosa)


def test_no_file_outside_the_studys_folder_is_ever_sent(run, study, rosa, researcher):
    job = made(run, study, rosa, "export")
    Job.objects.update(file_name="../shapes/results.json")
    answer = researcher.get(f"{EXPORTS}{job.pk}/", follow=True)
    assert "is not there any more" in answer.content.decode()


def test_another_studys_file_does_not_exist_here(run, study, rosa, researcher, tmp_path):
    from tests.factories import make_survey

    job = made(run, study, rosa, "export")
    other = make_survey(tmp_path, "another")
    close_survey(other)
    unblind(other, rosa, other.slug)
    assert researcher.get(f"/console/surveys/another/exports/{job.pk}/").status_code == 404


def test_the_team_takes_files_by_their_roles(run, study, rosa, team):
    job = made(run, study, rosa, "export")
    answer = team.cy.get(f"{EXPORTS}{job.pk}/")
    assert answer["Content-Disposition"] == f'attachment; filename="{job.file_name}"'
    assert hashlib.sha256(b"".join(answer.streaming_content)).hexdigest() == job.sha256
    assert actions(study)[-1] == "job.downloaded"
    assert "Export the data" not in team.cy.get(EXPORTS).content.decode()
    assert "Delete…" not in team.ben.get(EXPORTS).content.decode()
    assert "Delete…" in team.ada.get(EXPORTS).content.decode()
    assert team.ben.post(f"{EXPORTS}{job.pk}/delete/").status_code == 403


def test_the_page_asks_for_a_file_shows_how_far_it_is_and_offers_it(run, study, researcher):
    asked = researcher.post(EXPORTS, {"kind": "export"}, follow=True).content.decode()
    assert "Waiting for a worker" in asked
    job = claim_job(Job.objects.get().pk, "worker@here")
    keep(job, message="Packing", permille=850)
    page = researcher.get(EXPORTS).content.decode()
    assert 'value="850" max="1000"' in page
    assert 'data-summary="1 being made.' in page
    work_on(job, work.make_file_of)
    page = researcher.get(EXPORTS).content.decode()
    assert f"{EXPORTS}{job.pk}/" in page
    assert Job.objects.get().sha256 in page


def test_a_made_up_kind_is_refused(study, researcher):
    answer = researcher.post(EXPORTS, {"kind": "novel"}, follow=True)
    assert "Choose an export or a report." in answer.content.decode()


def test_a_study_without_participants_has_nothing_to_write(survey, rosa):
    close_survey(survey)
    unblind(survey, rosa, survey.slug)
    with pytest.raises(JobError, match="no participants yet"):
        start_job(survey, "report", rosa)


def test_packing_the_same_folder_twice_gives_the_same_bytes(tmp_path):
    folder = tmp_path / "data"
    (folder / "deep").mkdir(parents=True)
    (folder / "deep" / "b.csv").write_text("2")
    (folder / "a.csv").write_text("1")
    shares = []
    first = pack(folder, tmp_path / "one.zip", shares.append)
    (folder / "a.csv").touch()
    assert pack(folder, tmp_path / "two.zip", shares.append) == first
    assert shares == [0.5, 1.0, 0.5, 1.0]


def test_without_a_broker_the_job_waits_and_can_be_sent_again_by_hand(
    study, rosa, quick, run, no_broker
):
    with no_broker():
        job = run(start_job, study, "report", rosa)
    job.refresh_from_db()
    assert (job.status, job.notice) == (Job.Status.QUEUED, NO_BROKER)
    run(retry_job, job, rosa)
    job.refresh_from_db()
    assert (job.status, job.error) == (Job.Status.FINISHED, "")
