"""The audit log: written with its change, append-only, and tamper-evident."""

import threading
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction

from accounts.audit.chain import find_tampering
from accounts.audit.record import COMMAND_LINE, Action, record
from accounts.checks import audit_log_is_intact
from accounts.models import AuditEntry, AuditHead
from tests.team import make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def log():
    """Five entries."""
    ada = make_user("ada")
    return [record(ada, Action.SURVEY_OPENED, f"survey {n}", seed=n, rate=0.1) for n in range(5)]


def tamper(statement, *values):
    """As somebody who can write to the database, trigger or not."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("ALTER TABLE accounts_auditentry DISABLE TRIGGER USER")
        cursor.execute(statement, values)
        if connection.vendor == "postgresql":
            cursor.execute("ALTER TABLE accounts_auditentry ENABLE TRIGGER USER")


def test_an_entry_says_who_did_what_to_what_and_how():
    ada, ben = make_user("ada"), make_user("ben")
    entry = record(ada, Action.ROLE_GIVEN, ben, role="editor", tries=[1, 2])
    stored = AuditEntry.objects.get()
    assert (stored.number, stored.actor, stored.actor_id) == (1, "ada", ada.pk)
    assert (stored.subject_kind, stored.subject_id, stored.subject) == ("user", str(ben.pk), "ben")
    assert (stored.label, stored.details) == ("gave a role", {"role": "editor", "tries": [1, 2]})
    assert stored.at == entry.at


def test_an_entry_is_gone_with_the_change_that_was_undone():
    with transaction.atomic():
        record(COMMAND_LINE, Action.DATA_ERASED, "all")
        transaction.set_rollback(True)
    assert AuditEntry.objects.count() == 0
    assert record(COMMAND_LINE, Action.DATA_ERASED, "all").number == 1
    assert find_tampering() == []


def test_python_refuses_to_change_or_remove_an_entry(log):
    with pytest.raises(TypeError, match="cannot be changed"):
        log[0].save()
    with pytest.raises(TypeError, match="cannot be removed"):
        log[0].delete()
    with pytest.raises(TypeError, match="cannot be changed"):
        AuditEntry.objects.update(actor="ben")
    with pytest.raises(TypeError, match="cannot be removed"):
        AuditEntry.objects.filter(number=1).delete()


@pytest.mark.skipif(connection.vendor != "postgresql", reason="the trigger is PostgreSQL's")
@pytest.mark.parametrize(
    "statement", ["UPDATE accounts_auditentry SET actor = 'ben'", "DELETE FROM accounts_auditentry"]
)
def test_postgresql_itself_refuses_to_change_or_remove_an_entry(log, statement):
    refused = pytest.raises(DatabaseError, match="never changed or removed")
    with refused, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
    assert AuditEntry.objects.count() == 5


def test_a_log_that_was_left_alone_is_whole(log):
    assert find_tampering() == []
    out = StringIO()
    call_command("verify_audit", stdout=out)
    assert f"The audit log is intact: 5 entries, ending {log[-1].digest}." in out.getvalue()


@pytest.mark.parametrize("column", ["actor", "action", "subject", "details_json", "digest"])
def test_a_changed_value_shows(log, column):
    tamper(f"UPDATE accounts_auditentry SET {column} = %s WHERE number = 3", "other")  # noqa: S608
    (problem,) = find_tampering()
    assert problem.startswith("Entry 3 of the audit log or an earlier one was changed")


def test_a_changed_time_shows(log):
    tamper("UPDATE accounts_auditentry SET at = %s WHERE number = 2", "2020-01-01 00:00:00+00:00")
    assert find_tampering()[0].startswith("Entry 2 ")


def test_a_removed_entry_shows(log):
    tamper("DELETE FROM accounts_auditentry WHERE number = %s", 3)
    assert find_tampering() == ["Entry 3 of the audit log is missing; the next one is 4."]


def test_a_removed_end_shows_even_with_the_count_set_back(log):
    tamper("DELETE FROM accounts_auditentry WHERE number > %s", 3)
    assert "should end with entry 5, but its last one is 3" in find_tampering()[0]
    AuditHead.objects.update(count=3, digest=log[2].digest)
    assert find_tampering() == [
        "The end of the audit log has no valid seal; entries may be missing."
    ]


def test_an_entry_that_was_written_by_hand_shows(log):
    columns = "at, actor, actor_id, action, subject_kind, subject_id, subject, details_json, digest"
    tamper(
        f"INSERT INTO accounts_auditentry (number, {columns}) "  # noqa: S608
        f"SELECT %s, {columns} FROM accounts_auditentry WHERE number = 5",
        6,
    )
    assert find_tampering()[0].startswith("Entry 6 ")


def test_a_chain_that_was_made_with_another_key_shows(log, settings):
    settings.AUDIT_KEY = "another"
    assert "AUDIT_KEY has changed since" in find_tampering()[0]


def test_the_command_fails_on_a_broken_log(log):
    tamper("DELETE FROM accounts_auditentry WHERE number = %s", 3)
    with pytest.raises(CommandError, match="Entry 3 of the audit log is missing"):
        call_command("verify_audit", stdout=StringIO())


def test_only_the_database_check_reads_the_log_and_reports_a_broken_one(log):
    tamper("DELETE FROM accounts_auditentry WHERE number = %s", 3)
    (error,) = audit_log_is_intact(None, databases=["default"])
    assert error.id == "accounts.E001"
    assert audit_log_is_intact(None) == []


def test_a_new_installation_has_nothing_to_complain_of():
    assert find_tampering() == []


def test_an_action_that_is_no_longer_known_is_shown_by_its_name():
    assert AuditEntry(action="survey.juggled").label == "survey.juggled"


@pytest.mark.django_db(transaction=True)
def test_entries_written_at_once_are_numbered_one_after_the_other():
    def write():
        try:
            for _ in range(5):
                record(COMMAND_LINE, Action.SIGNED_OUT, "many")
        finally:
            connection.close()

    writers = [threading.Thread(target=write) for _ in range(4)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    assert AuditEntry.objects.count() == 20
    assert find_tampering() == []
