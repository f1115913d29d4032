"""The survey that the export is measured on is one that could have happened."""

import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from surveys.benchmarks import processes
from surveys.benchmarks.large_survey import make_large_survey
from surveys.errors import ExportError
from surveys.export.check import export_problems
from surveys.export.folder import export_study
from surveys.management.commands import bench_export
from surveys.models import Response

pytestmark = pytest.mark.django_db


def test_it_is_exported_and_agrees_with_its_codebook(tmp_path):
    survey = make_large_survey("large", participants=3, trials=4, seed=1)
    counts = export_study(survey, tmp_path / "export")
    assert counts == {"trials": 12, "participants": 3, "items": 4, "events": 15}
    assert list(export_problems(tmp_path / "export")) == []


def test_the_same_seed_gives_the_same_survey():
    answers = []
    for slug, seed in (("one", 1), ("again", 1), ("other", 2)):
        survey = make_large_survey(slug, participants=5, trials=3, seed=seed)
        stored = Response.objects.filter(trial__participant__survey=survey)
        ordered = stored.order_by("trial__participant__number", "trial__position")
        answers.append(list(ordered.values_list("trial__item__name", "option")))
    assert answers[0] == answers[1] != answers[2]


def test_the_command_prints_what_each_process_took(monkeypatch):
    runs = []

    def cost_of(*arguments):
        runs.append(arguments[0])
        return processes.Cost(1.5, 1.25, 100)

    monkeypatch.setattr(bench_export, "cost_of", cost_of)
    out = StringIO()
    call_command("bench_export", participants=2, trials=3, stdout=out)
    found = json.loads(out.getvalue())
    assert runs == ["export_study", "check_export"]
    assert (found["n_participants"], found["n_responses"], found["n_events"]) == (2, 6, 10)
    assert (found["export_seconds"], found["check_cpu_seconds"]) == (1.5, 1.2)
    assert found["export_peak_memory_mib"] == found["check_peak_memory_mib"] == 100
    call_command("bench_export", participants=2, trials=3, stdout=StringIO())
    with pytest.raises(CommandError, match="another survey 'bench-export'; use a database of its"):
        call_command("bench_export", participants=3, trials=3)


def test_a_process_is_measured_and_its_failure_is_reported():
    assert processes.cost_of("help").peak_memory_mib > 10
    with pytest.raises(ExportError, match=r"(?s)manage.py export_study failed: .*required: slug"):
        processes.cost_of("export_study")
