"""What trials ask beside the first question, as bots answer it and as an export has it."""

import csv

import pytest

from analysis.data.exports import read_export
from analysis.report.sections.shown import shown_sections
from surveys.bots.policies import find_policy
from surveys.bots.walker import run_bots
from surveys.checks.stored_data import find_problems
from surveys.export.check import export_problems, read_codebook
from surveys.export.columns.trials import TRIALS
from surveys.export.folder import export_study
from surveys.models import Answer
from surveys.protocol.questions.registry import KINDS
from tests.factories import make_survey
from tests.surveys.task_sets import EVERY_KIND, make_task_survey

pytestmark = pytest.mark.django_db


@pytest.fixture
def folder(tmp_path):
    survey = make_task_survey(tmp_path, more="[checks]\nattention_after = [2]\nrepeats = 1\n")
    assert len(list(run_bots(survey, 3, seed=1, policy=find_policy("uniform")))) == 3
    survey.refresh_from_db()
    assert list(find_problems(survey)) == []
    export_study(survey, tmp_path / "export")
    return tmp_path / "export"


def rows_of(folder, table):
    (file,) = (folder / "data").glob(f"*description-{table}_data.csv")
    with file.open(newline="") as lines:
        return list(csv.DictReader(lines))


def test_bots_answer_every_question_and_the_export_has_it(folder):
    assert list(export_problems(folder)) == []
    # Five trials each: four items, one of them again; no check asks for more.
    answers, texts = rows_of(folder, "answers"), rows_of(folder, "textanswers")
    assert {row["question"] for row in answers} == {"word", "sure", "trust", "order"}
    assert len(answers) == 3 * 5 * 4
    assert [(row["question"], row["text"]) for row in texts] == [("why", "simulated")] * 15
    assert Answer.objects.count() == len(answers) + len(texts)
    ranked = next(row["value"] for row in answers if row["question"] == "order")
    assert sorted(ranked.split(";")) == ["colours", "edges", "shapes"]


def test_texts_of_items_that_trials_show_are_exported(folder):
    rows = rows_of(folder, "itemtexts")
    assert [row["item"] for row in rows] == [row["item"] for row in rows_of(folder, "items")]
    assert {row["text_name"] for row in rows} == {"hint"}
    assert sorted(row["item_text"] for row in rows) == [f"Zebra hint {n}" for n in range(4)]


def test_texts_that_no_trial_shows_stay_out_of_the_export(tmp_path):
    shown = 'told = ["hint"]\ntold_labels = {hint = "A hint"}\n'
    survey = make_task_survey(tmp_path, EVERY_KIND.replace(shown, 'told = ["truth"]\n'))
    list(run_bots(survey, 1, seed=1, policy=find_policy("uniform")))
    export_study(survey, tmp_path / "export")
    assert "itemtexts" not in read_codebook(tmp_path / "export" / "codebook.csv")


def test_the_drawn_trial_of_the_report_has_the_texts_of_its_item(tmp_path):
    survey = make_task_survey(tmp_path)
    list(run_bots(survey, 4, seed=1, policy=find_policy("uniform")))
    export_study(survey, tmp_path / "export", stimuli=True)
    study = read_export(tmp_path / "export")
    number = study.shown_item.name.removeprefix("unit-")
    assert study.shown_item.texts == {"hint": f"Zebra hint {number}"}
    [figure] = shown_sections(study, study.trials)[0].figures
    drawn = [text.get_text() for text in figure.figure.texts]
    assert drawn.count(f"A hint: Zebra hint {number}") == 2


def test_responses_are_scored_against_the_answer(folder):
    for row in rows_of(folder, "trials"):
        assert row["answer"] in ("query_a", "query_b")
        assert row["correct"] == str(int(row["response"] == row["answer"]))
        assert set(row["options_shown"].split(";")) == {"query_a", "query_b"}
        assert row["missed_at"] == ""


def test_the_codebook_says_what_each_question_stores_and_warns_of_typed_text(folder):
    codebook = read_codebook(folder / "codebook.csv")
    value = next(column for column in codebook["answers"] if column.name == "value")
    for name in ("choice", "scale", "slider", "ranking"):
        assert KINDS[name].stores in value.meaning
    text = next(column for column in codebook["textanswers"] if column.name == "text")
    assert "PERSONAL DATA" in text.meaning


def test_a_study_without_a_task_is_exported_as_before(tmp_path):
    survey = make_survey(tmp_path)
    list(run_bots(survey, 1, seed=1, policy=find_policy("uniform")))
    export_study(survey, tmp_path / "export")
    codebook = read_codebook(tmp_path / "export" / "codebook.csv")
    assert set(codebook) == {"trials", "participants", "items", "events"}
    assert [column.name for column in codebook["trials"]] == [column.name for column in TRIALS]
