import csv
import hashlib
import json
import re
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from surveys.bots.policies import uniform
from surveys.bots.walker import run_bots
from surveys.errors import ExportError
from surveys.export import folder as export
from surveys.export.check import export_problems
from surveys.export.folder import export_study
from surveys.export.rows import trials as export_rows
from tests.factories import make_survey
from tests.surveys.everything import EVERYTHING
from tests.surveys.visitor import Visitor


def read(folder, table):
    (file,) = (folder / "data").glob(f"*-{table}_data.csv")
    with file.open(newline="") as lines:
        return list(csv.DictReader(lines))


@pytest.fixture
def out(tmp_path):
    return tmp_path / "export"


def test_it_writes_a_row_for_each_trial_answered_or_not(survey, ben, cy, out):
    counts = export_study(survey, out)
    trials = read(out, "trials")
    assert counts == {"trials": 8, "participants": 2, "items": 4, "events": 9}
    assert len(trials) == 8
    answered = [row for row in trials if row["response"]]
    assert len(answered) == 6
    for row in trials:
        if not row["response"]:
            assert row["correct"] == row["chose_truth"] == row["cant_tell"] == ""
            assert row["answered_at"] == row["response_position"] == ""


def test_a_trial_says_what_was_shown_and_chosen_and_how_it_is_scored(survey, ben, out):
    export_study(survey, out)
    for row in read(out, "trials")[:2]:
        shown = row["options_shown"].split(";")
        assert len(shown) == 5
        assert shown[int(row["response_position"]) - 1] == row["response"]
        assert row["correct"] == str(int(row["response"] == row["prediction"]))
        assert row["chose_truth"] == str(int(row["response"] in row["true_labels"].split(";")))
        assert row["cant_tell"] == str(int(row["response"] == "cant_tell"))
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", row["answered_at"])


def test_participants_have_a_status_and_a_name_that_reveals_nothing(survey, ada, ben, cy, out):
    ada.agree()
    export_study(survey, out)
    people = read(out, "participants")
    assert [row["status"] for row in people] == ["in_trials", "finished", "in_introduction"]
    assert [row["n_answered"] for row in people] == ["2", "4", "0"]
    for row in people:
        assert re.fullmatch(r"p-[0-9a-f]{16}", row["participant_id"])
    everything = b"".join(file.read_bytes() for file in out.rglob("*") if file.is_file())
    assert ben.participant.token.encode() not in everything


def test_bots_are_marked_in_every_table_that_names_people(survey, out):
    list(run_bots(survey, 1, 1, uniform))
    export_study(survey, out)
    assert {row["simulated"] for row in read(out, "participants")} == {"1"}
    assert {row["simulated"] for row in read(out, "trials")} == {"1"}


def test_each_table_is_csv_and_parquet_and_has_a_description(db, tmp_path, out):
    survey = make_survey(tmp_path, "my-study-2")
    export_study(survey, out)
    tables = ("events", "items", "participants", "trials")
    names = [f"study-mystudy2_description-{table}_data" for table in tables]
    assert sorted(file.name for file in (out / "data").iterdir()) == [
        f"{name}.{kind}" for name in names for kind in ("csv", "json", "parquet")
    ]


def test_the_codebook_explains_every_column_in_order(survey, out):
    export_study(survey, out)
    with (out / "codebook.csv").open(newline="") as lines:
        codebook = list(csv.DictReader(lines))
    assert all(row["meaning"] and row["type"] for row in codebook)
    for table in ("trials", "participants", "items", "events"):
        (file,) = (out / "data").glob(f"*{table}_data.csv")
        header = file.read_text().splitlines()[0].split(",")
        assert header == [row["column"] for row in codebook if row["table"] == table]


def test_the_codebook_lists_what_may_occur_in_this_survey(survey, out):
    export_study(survey, out)
    with (out / "codebook.csv").open(newline="") as lines:
        rows = {(row["table"], row["column"]): row for row in csv.DictReader(lines)}
    assert rows["trials", "condition"]["levels"] == "gradcam;pv"
    assert rows["trials", "condition"]["missing"] == ""
    assert rows["participants", "condition"]["missing"] == "no condition was assigned"
    assert rows["trials", "item"]["levels"] == "item-01;item-02;item-03;item-04"
    assert rows["trials", "response"]["levels"].endswith(";cant_tell")
    assert rows["trials", "response_time_ms"]["type"] == "integer"
    assert rows["trials", "response_time_ms"]["unit"] == "ms"


def test_it_has_programs_that_recompute_the_results_without_this_software(survey, out):
    export_study(survey, out)
    for name in ("reanalyse.py", "reanalyse.R"):
        text = (out / "analysis" / name).read_text(encoding="utf-8")
        assert "Table 1" in text
        assert "import foresee" not in text.lower()
        assert f"analysis/{name}" in (out / "analysis" / "README.md").read_text()


def test_it_does_not_overwrite_what_it_did_not_write(survey, out):
    out.mkdir()
    (out / "thesis.txt").write_text("three years of work")
    with pytest.raises(ExportError, match="is no earlier export"):
        export_study(survey, out, replace=True)
    assert (out / "thesis.txt").exists()


def test_it_replaces_an_earlier_export_only_when_asked(survey, cy, out):
    export_study(survey, out)
    with pytest.raises(ExportError, match="add --replace"):
        export_study(survey, out)
    cy.participant.trials.all().delete()
    export_study(survey, out, replace=True)
    assert read(out, "trials") == []
    assert [file.name for file in out.parent.glob(".*")] == []


def test_it_leaves_nothing_half_written_behind(survey, cy, out, monkeypatch):
    def fail(*_):
        raise OSError("no space left on device")

    monkeypatch.setattr(export, "write_documents", fail)
    with pytest.raises(OSError, match="no space"):
        export_study(survey, out)
    assert not out.exists()
    assert [file.name for file in out.parent.glob(".*")] == []


def test_the_command_counts_the_rows(survey, cy, out):
    stdout = StringIO()
    call_command("export_study", survey.slug, out=out, stdout=stdout)
    assert "4 trials, 1 participants, 4 items" in stdout.getvalue()
    with pytest.raises(CommandError, match="add --replace"):
        call_command("export_study", survey.slug, out=out)


@pytest.fixture
def dee(db, tmp_path):
    """Has finished a survey with every section."""
    visitor = Visitor(make_survey(tmp_path, more=EVERYTHING, n_examples=3).slug)
    visitor.arrive("?PROLIFIC_PID=abc")
    visitor.finish()
    return visitor


def test_checks_and_repeated_questions_stand_in_a_table_of_their_own(dee, out):
    counts = export_study(dee.participant.survey, out)
    assert (counts["trials"], counts["extratrials"]) == (4, 2)
    attention, repeat = read(out, "extratrials")
    assert (attention["kind"], attention["passed"], repeat["kind"]) == ("attention", "1", "repeat")
    assert attention["expected"] == attention["response"]
    assert repeat["item"] in {row["item"] for row in read(out, "trials")}
    assert attention["item"] not in {row["item"] for row in read(out, "items")}


def test_both_steps_and_confidence_are_exported(dee, out):
    export_study(dee.participant.survey, out)
    for row in read(out, "trials"):
        assert row["first_response"] == row["options_shown"].split(";")[0]
        assert row["first_correct"] == str(int(row["first_response"] == row["prediction"]))
        assert row["confidence"] == "1"


def test_questionnaire_answers_are_exported_one_in_a_row(dee, out):
    export_study(dee.participant.survey, out)
    answers = {row["question"]: row["answer"] for row in read(out, "questionnaire")}
    assert answers == {"age": "18 to 29", "devices": "Phone", "hard": "1"}


def test_every_further_table_is_in_the_codebook_and_the_description(dee, out):
    export_study(dee.participant.survey, out)
    codebook = (out / "codebook.csv").read_text()
    described = (out / "dataset_description.json").read_text()
    for table in ("extratrials", "questionnaire"):
        for column in read(out, table)[0]:
            assert f"\n{table},{column}," in codebook
            assert f'"name": "{column}"' in described


def test_an_outcome_is_exported_for_everybody(dee, out):
    survey = dee.participant.survey
    gone, lost = Visitor(survey.slug), Visitor(survey.slug)
    gone.go_to("trial")
    gone.get(gone.url("withdraw/"))
    gone.send()
    lost.go_to("comprehension")
    for _ in range(2):
        lost.send(answer_1="1", answer_2="1")
    export_study(survey, out)
    rows = {row["outcome"]: row for row in read(out, "participants")}
    assert set(rows) == {"complete", "withdrawn", "screened_out"}
    assert rows["withdrawn"]["withdrawn_at"]
    assert rows["withdrawn"]["n_trials"] == "0"
    assert rows["screened_out"]["number"] == rows["screened_out"]["condition"] == ""
    description = json.loads((out / "dataset_description.json").read_text())["foresee"]
    assert (description["n_withdrawn"], description["n_declined"]) == (1, 0)


def test_the_export_says_nothing_of_the_panel(dee, out):
    export_study(dee.participant.survey, out)
    cells = {
        cell
        for file in (out / "data").glob("*.csv")
        for row in csv.reader(file.read_text().splitlines())
        for cell in row
    }
    assert cells
    assert not {"abc", "panel_id", "prolific"} & cells
    everything = b"".join(file.read_bytes() for file in out.rglob("*") if file.is_file())
    for code in (b"C0MPLETE", b"app.example.org", b"panel_id"):
        assert code not in everything


def test_every_word_of_the_description_is_one_of_schema_org(dee, out):
    export_study(dee.participant.survey, out)
    whole = json.loads((out / "dataset_description.json").read_text())
    assert whole["@context"] == {"@vocab": "http://schema.org/", "foresee": None}
    words = {
        "name", "description", "schemaVersion", "identifier", "keywords", "variableMeasured",
        "temporalCoverage",
    }  # fmt: skip
    assert set(whole) - {"@context", "@type", "foresee"} == words
    for variable in whole["variableMeasured"]:
        assert variable["@type"] == "PropertyValue"
        assert set(variable) <= {"@type", "name", "description", "unitText", "valueReference"}


def test_simulated_data_are_said_loudly_in_readme_and_description(survey, cy, tmp_path, out):
    export_study(survey, out)
    assert "SIMULATED" not in (out / "README.md").read_text()
    rehearsal = make_survey(tmp_path, "rehearsal")
    list(run_bots(rehearsal, 2, 1, uniform))
    export_study(rehearsal, out, replace=True)
    sentence = "SIMULATED DATA: 2 of 2 participants are bots"
    assert sentence in (out / "README.md").read_text()
    description = json.loads((out / "dataset_description.json").read_text())
    assert sentence in description["description"]
    assert description["foresee"]["n_simulated"] == 2


def test_the_same_data_give_the_same_files(survey, ben, cy, out, tmp_path):
    export_study(survey, out)
    export_study(survey, tmp_path / "again")
    files = [file.relative_to(out) for file in out.rglob("*") if file.is_file()]
    assert len(files) > 15
    for file in files:
        assert (out / file).read_bytes() == (tmp_path / "again" / file).read_bytes(), file


def test_participants_texts_are_exported_in_every_language(db, tmp_path, out):
    export_study(make_survey(tmp_path, more='languages = ["en", "it"]'), out)
    assert "Qual è la previsione del modello?" in (out / "documentation/texts_it.md").read_text()
    assert "What is the model’s prediction?" in (out / "documentation/texts_en.md").read_text()


def test_what_is_known_of_the_stimulus_set_goes_along_but_not_where_it_lay(survey, out):
    manifest = survey.stimulus_set.manifest | {
        "recipe": {"name": "r", "data": {"root": "/home/somebody", "held_out": 3}},
        "exemplars": {"bank": 7, "found": {"item-01": {}}},
        "machine": {"device": "CPU"},
    }
    type(survey.stimulus_set).objects.update(manifest=manifest)
    export_study(survey, out)
    stated = json.loads((out / "materials" / "stimulus_set.json").read_text())
    assert stated["content_sha256"] == manifest["content_sha256"]
    assert stated["recipe"] == {"name": "r", "data": {"held_out": 3}}
    assert stated["exemplars"] == {"bank": 7}
    assert not {"items", "examples", "machine"} & stated.keys()


def test_images_go_along_on_request_only(survey, cy, out, tmp_path):
    export_study(survey, out)
    assert not (out / "materials" / "stimuli").exists()
    export_study(survey, tmp_path / "shared", stimuli=True)
    with (tmp_path / "shared" / "materials" / "stimuli.csv").open(newline="") as lines:
        rows = list(csv.DictReader(lines))
    assert [row["kind"] for row in rows] == ["gradcam", "original", "pv"] * 4
    for row in rows:
        image = tmp_path / "shared" / "materials" / "stimuli" / row["file"]
        assert hashlib.sha256(image.read_bytes()).hexdigest() == image.stem
    assert list(export_problems(tmp_path / "shared")) == []


def test_trials_come_in_the_same_order_whatever_the_portion(survey, ben, cy, out, monkeypatch):
    whole = list(export_rows.trial_rows(survey))
    assert len(whole) == 8
    monkeypatch.setattr(export_rows, "PORTION", 1)
    assert list(export_rows.trial_rows(survey)) == whole
