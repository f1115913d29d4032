"""A backup restores into an empty database, to the byte, or not at all."""

import io
import json
import shutil
import tarfile

import pytest
from django.contrib.auth.models import User
from django.core.files.storage import storages
from django.core.management import CommandError, call_command
from django.db.migrations.loader import MigrationLoader

from accounts.audit.chain import find_tampering
from accounts.models import AuditEntry
from pv_engine.models import Stimulus
from study.backup.tables import digest_of, filled_tables, stored_models
from surveys.checks.stored_data import find_problems
from surveys.models import Survey
from tests.factories import make_survey
from tests.surveys.everything import EVERYTHING
from tests.surveys.visitor import Visitor
from tests.team import make_team, make_user

pytestmark = pytest.mark.django_db
# It also records backups and restores.
AUDIT = {"accounts.auditentry", "accounts.audithead"}


def make_study(folder):
    """A study with a team, somebody who finished, somebody half-way and somebody who left."""
    survey = make_survey(folder, more=EVERYTHING)
    make_team(survey)
    for name in ("finished", "half-way", "gone"):
        visitor = Visitor(survey.slug)
        visitor.arrive(f"?PROLIFIC_PID={name}")
        if name == "finished":
            visitor.finish()
        else:
            visitor.go_to("trial")
            visitor.answer(confidence="3")
    call_command("erase_participant", survey.slug, panel_id="gone")


@pytest.fixture(scope="module")
def made(django_db_setup, django_db_blocker, tmp_path_factory):
    """A backup, and the digests of the tables that it was made of, which are gone again."""
    folder = tmp_path_factory.mktemp("backup")
    with django_db_blocker.unblock():
        make_study(folder)
        before = digests()
        call_command("backup", folder / "backup.tar.gz")
        call_command("flush", interactive=False)
    return folder / "backup.tar.gz", before


@pytest.fixture
def archive(made, tmp_path):
    """A copy that a test may damage; the database is empty."""
    copy = tmp_path / "backup.tar.gz"
    shutil.copy(made[0], copy)
    return copy


def digests():
    return {label: digest_of(model) for label, model in stored_models().items()}


def members(archive):
    with tarfile.open(archive) as tar:
        return tar.getnames()


def rewrite(archive, change):
    """The archive with the content of members changed by change(name, content)."""
    buffer = io.BytesIO()
    with tarfile.open(archive) as old, tarfile.open(fileobj=buffer, mode="w:gz") as new:
        for member in old.getmembers():
            content = change(member.name, old.extractfile(member).read())
            member.size = len(content)
            new.addfile(member, io.BytesIO(content))
    archive.write_bytes(buffer.getvalue())


def test_what_is_restored_is_the_same_to_the_byte(made):
    archive, before = made
    for name in {name for name in members(archive) if name.startswith("stimuli/")}:
        storages["stimuli"].delete(name.removeprefix("stimuli/"))
    assert filled_tables() == []
    call_command("restore", archive)
    after = digests()
    assert {label for label in after if after[label] != before[label]} <= AUDIT
    names = set(Stimulus.objects.values_list("file_name", flat=True))
    assert names
    assert all(storages["stimuli"].exists(name) for name in names)
    assert find_tampering() == []
    assert AuditEntry.objects.first().action == "backup.restored"
    assert list(find_problems(Survey.objects.get())) == []


def test_the_study_goes_on_after_it(archive):
    call_command("restore", archive)
    visitor = Visitor("shapes")
    visitor.arrive("?PROLIFIC_PID=new")
    visitor.finish()
    assert visitor.is_done
    assert User.objects.get(username="ada").check_password("correct horse battery")


def test_a_database_that_is_not_empty_is_refused(archive):
    make_user("ada")
    before = digests()
    with pytest.raises(CommandError, match=r"The database is not empty: auth.user has rows"):
        call_command("restore", archive)
    assert digests() == before


def change_a_row(name, content):
    return content.replace(b'"en"', b'"it"') if name.endswith("participant.jsonl") else content


def change_an_image(name, content):
    return content[:-1] + b"x" if name.startswith("stimuli/") else content


def name_a_path(name, content):
    if name != "backup.json":
        return content
    contents = json.loads(content)
    contents["stimuli"] = ["../../evil.webp"]
    return json.dumps(contents).encode()


def cut_a_table_off(name, content):
    return content[: len(content) // 2] if name.endswith("trial.jsonl") else content


@pytest.mark.parametrize("harm", [change_a_row, change_an_image, name_a_path, cut_a_table_off])
def test_a_damaged_archive_stores_nothing(archive, harm):
    rewrite(archive, harm)
    with pytest.raises(CommandError, match="damaged"):
        call_command("restore", archive)
    assert filled_tables() == []


def test_what_is_no_archive_is_refused(tmp_path):
    file = tmp_path / "a.tar.gz"
    file.write_text("no archive")
    with pytest.raises(CommandError, match=r"a\.tar\.gz cannot be restored"):
        call_command("restore", file)


def test_an_archive_names_each_step_whether_or_not_the_tables_were_made_at_once(archive):
    contents = {}

    def read(name, content):
        contents[name] = content
        return content

    rewrite(archive, read)
    steps = MigrationLoader(None, replace_migrations=False).disk_migrations
    named = {f"{app}.{name}" for (app, name), step in steps.items() if not step.replaces}
    assert set(json.loads(contents["backup.json"])["migrations"]) == named


def test_an_archive_of_other_tables_is_refused(archive):
    def forget_a_migration(name, content):
        if name != "backup.json":
            return content
        contents = json.loads(content)
        contents["migrations"].remove("accounts.0003_counter")
        return json.dumps(contents).encode()

    rewrite(archive, forget_a_migration)
    with pytest.raises(CommandError, match=r"accounts\.0003_counter.*then upgrade"):
        call_command("restore", archive)


def test_another_audit_key_is_noticed(archive, settings):
    settings.AUDIT_KEY = "another"
    with pytest.raises(
        CommandError, match="Set AUDIT_KEY to the key of the backed-up installation"
    ):
        call_command("restore", archive)
    assert filled_tables() == []


def test_it_is_for_its_owner_alone_and_leaves_nothing_else_behind(made):
    archive, _ = made
    assert archive.stat().st_mode & 0o077 == 0
    assert not list(archive.parent.glob(".backup-*"))


def test_a_file_that_exists_is_not_overwritten(archive):
    with pytest.raises(CommandError, match="exists already"):
        call_command("backup", archive)


def test_a_missing_image_is_named_and_leaves_no_archive(survey, tmp_path):
    name = Stimulus.objects.first().file_name
    storages["stimuli"].delete(name)
    with pytest.raises(CommandError, match=name):
        call_command("backup", tmp_path / "new.tar.gz")
    assert not (tmp_path / "new.tar.gz").exists()
    assert not list(tmp_path.glob(".backup-*"))


def test_it_holds_no_sessions_and_no_addresses(made):
    names = members(made[0])
    assert not [name for name in names if "session" in name or "axes" in name]
    assert "tables/surveys.participant.jsonl" in names
