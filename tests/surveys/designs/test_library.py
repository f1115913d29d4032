"""Every protocol of the library loads, is walked by bots, and gives an export and a report."""

import re

import pytest

from analysis.data.exports import read_export
from analysis.report.html import render_report
from analysis.report.results import analyse
from surveys.bots.policies import find_policy
from surveys.bots.walker import run_bots
from surveys.checks.leaks import find_leaks
from surveys.checks.stored_data import find_problems
from surveys.export.check import export_problems
from surveys.export.folder import export_study
from surveys.studies.questions import n_questions_of
from tests.surveys.designs.library import DESIGNS, FULL, LIBRARY, N_ITEMS, NEEDS, load_design

GUIDE = LIBRARY.parent / "docs" / "guides" / "designs.md"
PICTURES = LIBRARY.parent / "docs" / "images" / "designs"
N_QUESTIONS = {"forward_simulation": 96, "meta_predictor": 36}


def test_every_protocol_is_tried_names_its_source_and_is_shown():
    guide = GUIDE.read_text()
    files = sorted(LIBRARY.glob("*.toml"))
    assert [file.stem for file in files] == sorted([*NEEDS, *DESIGNS])
    for file in files:
        head = file.read_text().split("\n\n")[0]
        assert f"](../images/designs/{file.stem}.webp)" in guide, file.name
        assert (PICTURES / f"{file.stem}.webp").is_file(), file.name
        assert re.search(r"\b(19|20)\d\d\b", head), file.name
        if file.stem in DESIGNS:
            assert "arXiv:" in head
            assert "What differs from the original" in head
            assert "The set needs, for each item" in head


@pytest.mark.parametrize("name", FULL)
def test_its_blocks_fit_the_set_that_its_head_names(db, tmp_path, name):
    survey = load_design(name, tmp_path, is_full=True)
    assert n_questions_of(survey) == N_QUESTIONS[name]


@pytest.mark.parametrize("name", sorted([*NEEDS, *DESIGNS]))
def test_it_runs_from_the_first_page_to_the_report(db, tmp_path, monkeypatch, name):
    # Each figure is drawn once, for the page.
    monkeypatch.setattr("analysis.report.folder.save_figure", lambda *given: b"")
    survey = load_design(name, tmp_path)
    assert find_leaks(survey)[0] == []
    n = 3 if name in DESIGNS else 2 * survey.conditions.count()
    bots = list(run_bots(survey, n, 1, find_policy("uniform" if name in DESIGNS else "paper")))
    assert all(bot.finished_at for bot in bots)
    survey.refresh_from_db()
    assert list(find_problems(survey)) == []
    counts = export_study(survey, tmp_path / "export")
    assert list(export_problems(tmp_path / "export")) == []
    results = analyse(read_export(tmp_path / "export"))
    assert results.study.n_participants == n
    assert results.study.title in render_report(results)
    if name in DESIGNS:
        check_task(survey.protocol, counts, results, name)


def check_task(protocol, counts, results, name):
    """Every question of the task was exported and is in the report."""
    n_trials = 3 * N_ITEMS * max(1, len(protocol.blocks))
    assert counts["trials"] == n_trials
    answers = counts.get("answers", 0) + counts.get("textanswers", 0)
    assert answers == n_trials * len(protocol.task.further)
    section = next(each for each in results.sections if each.title == "The task (exploratory)")
    rows = section.numbers["task"]
    assert sum(row["n_trials"] for row in rows) == n_trials
    assert {round(1 / row["chance"]) for row in rows} == {len(DESIGNS[name][0].split(";"))}
    assert ("detection" in section.numbers) == (name in ("hive_agreement", "alqaraawi"))
    has_confidence = any(row.name == "confidence" for row in protocol.task.further)
    titles = [each.title for each in results.sections]
    assert ("Confidence (exploratory)" in titles) == has_confidence
