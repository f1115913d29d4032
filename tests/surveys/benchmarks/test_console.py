import json

import pytest
from django.core.management import CommandError, call_command

from surveys.benchmarks.console_data import SLUG, seed_console
from surveys.checks.stored_data import find_problems
from surveys.models import Participant, Response, Survey, Unblinding


def test_the_seeded_study_is_consistent_and_marked_as_simulated(db):
    survey = seed_console(40, seed=3)
    people = survey.participants
    assert not people.filter(simulated=False).exists()
    assert people.exclude(finished_at=None).count() == 40
    assert people.count() > 40
    assert Response.objects.count() >= 40 * 30
    assert list(find_problems(survey)) == []
    seen = {person.condition.name for person in people.exclude(condition=None)}
    assert seen == {arm.name for arm in survey.protocol.conditions}


def test_it_stays_out_of_a_database_with_real_participants(survey, ben):
    with pytest.raises(CommandError, match="real participants"):
        call_command("seed_console", finished=1)
    assert not Survey.objects.filter(slug=SLUG).exists()


def test_it_is_seeded_once(db):
    seed_console(1, seed=1)
    with pytest.raises(CommandError, match="already"):
        call_command("seed_console", finished=1)


def test_the_benchmark_prints_every_page_and_leaves_no_trace(
    db, capsys, settings, tmp_path, monkeypatch
):
    settings.STATIC_ROOT = tmp_path / "static"
    seed_console(5, seed=1)
    # How fast this machine is at the moment is no matter of a test.
    monkeypatch.setattr("surveys.benchmarks.console_speed.MOST_MS", float("inf"))
    call_command("bench_console", requests=1)
    found = json.loads(capsys.readouterr().out)
    assert found["blind"]["console:live"]["status"] == 200
    assert found["unblinded"]["console:results"]["queries"] < 10
    assert "console:status" not in found["blind"]
    assert found["participants"] == Participant.objects.count()
    assert Survey.objects.get().is_blind
    assert not Unblinding.objects.exists()


def test_the_benchmark_asks_for_its_study(db):
    with pytest.raises(CommandError, match="run seed_console first"):
        call_command("bench_console")
