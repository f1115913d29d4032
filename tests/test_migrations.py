"""The models and the migrations agree."""

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest
from django.core.management import call_command
from django.db import connection
from django.db.migrations.autodetector import MigrationAutodetector
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.operations import AddField, CreateModel

from pv_engine.models import Build
from study.celery import app as celery_app
from study.runs.workers import resume_interrupted
from surveys.models import BotRun, Job, PreflightRun


@pytest.mark.django_db
def test_no_migration_is_missing():
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)


# These hold a table for as long as it takes to read it all; indexes can be built beside the
# people who answer (AddIndexConcurrently, in a migration with atomic = False).
READS_THE_WHOLE_TABLE = {"AddIndex", "AddConstraint", "AlterField", "AlterUniqueTogether"}
# Looked at one by one: they change nothing in the database.
HARMLESS = {
    ("surveys", "0002_around_the_trials", "event", "kind"),  # choices alone
    ("surveys", "0013_runs", "botrun", "status"),  # choices alone
    ("surveys", "0018_stopped_participants", "event", "kind"),  # choices alone
    ("surveys", "0013_runs", "job", "status"),  # choices alone
    ("surveys", "0019_protocol_json", "survey", "protocol"),  # the column keeps its name
    ("surveys", "0019_protocol_json", "protocolversion", "protocol"),  # the column keeps its name
    ("surveys", "0013_runs", "preflightrun", "created_at"),  # the time is set by Django
    ("surveys", "0021_designs", "condition", "name"),  # longer; a handful of rows a study
    ("surveys", "0021_designs", "trial", "kind"),  # choices alone
}


def operations_on_earlier_tables():
    """(app, migration, operation) for what changes a table that an earlier migration made."""
    for (app, name), migration in MigrationLoader(None).disk_migrations.items():
        if app in {"accounts", "pv_engine", "surveys"}:
            operations = [
                each for given in migration.operations for each in getattr(given, "models", [given])
            ]
            made = {each.name_lower for each in operations if isinstance(each, CreateModel)}
            for operation in operations:
                if getattr(operation, "model_name_lower", None) not in made | {None}:
                    yield app, name, operation


def test_no_migration_holds_a_table_up_while_it_reads_it_all():
    wrong = [
        (app, name, operation.describe())
        for app, name, operation in operations_on_earlier_tables()
        if type(operation).__name__ in READS_THE_WHOLE_TABLE
        and (app, name, operation.model_name_lower, operation.name) not in HARMLESS
    ]
    assert wrong == []


def test_a_new_column_is_filled_without_a_rewrite_of_its_table():
    """PostgreSQL adds a column that is null or constant at once; a unique one it has to check."""
    added = [
        (app, name, operation.name, operation.field)
        for app, name, operation in operations_on_earlier_tables()
        if isinstance(operation, AddField)
    ]
    assert added
    assert [row[:3] for row in added if row[3].unique] == []


def test_what_stands_for_several_migrations_makes_the_same_tables():
    steps = MigrationLoader(None, replace_migrations=False).project_state()
    at_once = MigrationLoader(None).project_state()
    graph = MigrationLoader(None).graph
    for before, after in ((steps, at_once), (at_once, steps)):
        assert MigrationAutodetector(before, after).changes(graph) == {}


LONG_AGO = datetime(2026, 1, 5, 9, 30, tzinfo=UTC)
LATER = LONG_AGO + timedelta(minutes=5)


@pytest.fixture
def before_runs(transactional_db):
    """The models as they were before exports, bots and checks became runs."""
    executor = step_by_step()
    # Every table is empty, so nothing is lost on the way back.
    executor.migrate([("surveys", "0012_jobs")])
    yield executor.loader.project_state([("surveys", "0012_jobs")]).apps
    migrate_to_newest()


def step_by_step():
    """Go by every migration, as databases of earlier versions did."""
    executor = MigrationExecutor(connection)
    executor.loader = MigrationLoader(connection, replace_migrations=False)
    return executor


def migrate_to_runs():
    step_by_step().migrate([("surveys", "0015_runs_alone")])


def migrate_to_newest():
    """As a worker of today finds the database."""
    executor = MigrationExecutor(connection)
    executor.migrate(executor.loader.graph.leaf_nodes())


def old_survey(apps, slug="old"):
    stimulus_set = apps.get_model("pv_engine", "StimulusSet").objects.create(
        content_sha256=slug.ljust(64, "0"), name=slug, manifest={}
    )
    return apps.get_model("surveys", "Survey").objects.create(
        slug=slug, title=slug, protocol={}, protocol_toml="", protocol_sha256="a" * 64,
        stimulus_set=stimulus_set, seed=1,
    )  # fmt: skip


def at(model, row, **times):
    model.objects.filter(pk=row.pk).update(**times)


def test_builds_of_every_status_are_as_they_were(before_runs):
    build = before_runs.get_model("pv_engine", "Build")
    for status in ("queued", "running", "finished", "failed", "cancelled"):
        build.objects.create(
            recipe_name=status, recipe_toml="seed = 1", recipe_folder="/", status=status,
            permille=420, claim=7, worker="worker@one", claimed_at=LATER, sent_at=LONG_AGO,
        )  # fmt: skip
    before = list(build.objects.order_by("pk").values())
    migrate_to_runs()
    assert list(Build.objects.order_by("pk").values()) == before


def test_exports_and_reports_of_every_status_become_runs(before_runs):
    job, survey = before_runs.get_model("surveys", "Job"), old_survey(before_runs)
    for kind, status in (
        ("export", "queued"), ("report", "running"), ("export", "finished"), ("report", "failed"),
    ):  # fmt: skip
        job.objects.create(
            survey=survey, kind=kind, status=status, step="Packing", permille=850, claim=2,
            worker="worker@one", changed_at=LATER, started_by_name="ada",
        )  # fmt: skip
    migrate_to_runs()
    names = ("status", "message", "permille", "claim", "claimed_at", "sent_at", "worker")
    same = (850, 2)
    assert list(Job.objects.order_by("pk").values_list(*names)) == [
        ("queued", "Packing", *same, None, LATER, "worker@one"),
        ("running", "Packing", *same, LATER, LATER, "worker@one"),
        ("finished", "", *same, None, None, "worker@one"),
        ("failed", "", *same, None, None, "worker@one"),
    ]


def test_runs_of_bots_of_every_status_become_runs(before_runs):
    run, survey = before_runs.get_model("surveys", "BotRun"), old_survey(before_runs)
    for status, done in (
        ("queued", 0), ("running", 5), ("finished", 20), ("stopped", 7), ("failed", 7),
    ):  # fmt: skip
        row = run.objects.create(
            survey=survey, participants=20, seed=1, policy="uniform", status=status, done=done,
            claim=1, claimed_at=LATER if status == "running" else None, by="ada",
        )  # fmt: skip
        at(run, row, created_at=LONG_AGO)
    migrate_to_runs()
    names = ("status", "done", "permille", "message", "claimed_at", "sent_at")
    assert list(BotRun.objects.order_by("pk").values_list(*names)) == [
        ("queued", 0, 0, "0 of 20", None, LONG_AGO),
        ("running", 5, 250, "5 of 20", LATER, LONG_AGO),
        ("finished", 20, 1000, "20 of 20", None, None),
        ("cancelled", 7, 350, "7 of 20", None, None),
        ("failed", 7, 350, "7 of 20", None, None),
    ]


def test_checks_become_runs_of_which_the_newest_still_waits(before_runs):
    run, survey = before_runs.get_model("surveys", "PreflightRun"), old_survey(before_runs)
    other = old_survey(before_runs, "other")
    for of, done_at in ((survey, LATER), (survey, None), (survey, None), (other, None)):
        run.objects.create(
            survey=of, protocol_sha256="a" * 64, asked_at=LONG_AGO, done_at=done_at, n_pages=14
        )
    migrate_to_runs()
    names = ("status", "permille", "created_at", "finished_at", "sent_at", "claim", "n_pages")
    assert list(PreflightRun.objects.order_by("pk").values_list(*names)) == [
        ("finished", 1000, LONG_AGO, LATER, None, 0, 14),
        ("cancelled", 0, LONG_AGO, LONG_AGO, None, 0, 14),
        ("queued", 0, LONG_AGO, None, LONG_AGO, 0, 14),
        ("queued", 0, LONG_AGO, None, LONG_AGO, 0, 14),
    ]


def test_what_was_under_way_before_is_taken_up_by_a_worker(before_runs, no_workers, monkeypatch):
    """A worker of the same name starts after the upgrade, as every worker must."""
    survey = old_survey(before_runs)
    before_runs.get_model("surveys", "Job").objects.create(
        survey=survey, kind="report", status="running", changed_at=LATER, claim=1,
        worker="worker@one", started_by_name="ada",
    )  # fmt: skip
    migrate_to_newest()
    sent = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(
            celery_app.tasks[Job.task],
            "apply_async",
            lambda args, kwargs, **more: sent.append(args),
        )
        resume_interrupted(SimpleNamespace(hostname="worker@one"))
    assert sent == [(Job.objects.get().pk, 1)]
