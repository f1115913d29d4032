"""An export holds the data of one moment, and nobody has to wait for it."""

import csv
from threading import Thread

import pytest
from django.db import connection, connections

from study.snapshot import snapshot
from surveys.export import tables
from surveys.export.folder import export_study
from surveys.export.rows.trials import trial_rows
from tests.factories import make_survey
from tests.surveys.visitor import Visitor

pytestmark = pytest.mark.django_db(transaction=True)


def elsewhere(action):
    """Do something on a connection of its own, and wait until it is committed."""

    def run():
        try:
            action()
        finally:
            connections.close_all()

    thread = Thread(target=run)
    thread.start()
    thread.join()


def test_answers_given_while_it_is_written_are_in_none_of_its_tables(tmp_path, monkeypatch):
    survey = make_survey(tmp_path)
    early, late = Visitor("shapes"), Visitor("shapes")
    early.begin()
    early.answer()

    def rows_then_answers(survey):
        yield from trial_rows(survey)
        elsewhere(lambda: (early.finish(), late.finish()))

    monkeypatch.setitem(tables.ROWS, "trials", rows_then_answers)
    counts = export_study(survey, tmp_path / "export")
    assert (early.is_done, late.is_done) == (True, True)
    assert (counts["trials"], counts["participants"]) == (4, 1)
    (file,) = (tmp_path / "export" / "data").glob("*participants_data.csv")
    with file.open(newline="") as lines:
        (person,) = csv.DictReader(lines)
    assert (person["n_answered"], person["status"]) == ("1", "in_trials")


def test_transactions_are_as_before_after_a_snapshot():
    settings = connection.settings_dict["OPTIONS"].get("transaction_mode")
    with snapshot(), snapshot():
        assert connection.in_atomic_block
    assert getattr(connection, "transaction_mode", None) == settings
    assert not connection.in_atomic_block
