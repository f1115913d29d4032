"""The models and the migrations agree."""

import pytest
from django.core.management import call_command
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.operations import AddField, CreateModel


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
    ("surveys", "0013_runs", "job", "status"),  # choices alone
    ("surveys", "0013_runs", "preflightrun", "created_at"),  # the time is set by Django
}


def operations_on_earlier_tables():
    """(app, migration, operation) for what changes a table that an earlier migration made."""
    for (app, name), migration in MigrationLoader(None).disk_migrations.items():
        if app in {"accounts", "pv_engine", "surveys"}:
            operations = migration.operations
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
