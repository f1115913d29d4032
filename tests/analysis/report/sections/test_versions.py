"""The versions of the protocol, from the database and from an export of it."""

import json
import shutil
from dataclasses import replace

import pytest
from django.core.management import call_command

from analysis.data.exports import read_export
from analysis.data.loading import load_study as read_study
from analysis.data.protocol_versions import ProtocolChange, ProtocolVersion
from analysis.errors import DataError
from analysis.report.results import analyse, results_json
from analysis.report.sections.versions import versions_sections
from analysis.report.tables import to_csv
from surveys.export.folder import export_study
from surveys.models import Survey
from surveys.studies.lifecycle.publishing import close_survey
from surveys.studies.protocols.loading import load_study
from tests.factories import make_protocol, make_survey

THANKS = '[texts]\nthanks = "{}"\n'
DEVIATION = "The server was down on 3 May."
CODES = '[panel]\nname = "sona"\n[panel.codes]\ncomplete = "{}"\n'


@pytest.fixture
def survey(db, tmp_path):
    """Bots in two versions, and a third one that names a deviation once the study is closed."""
    survey = make_survey(tmp_path, more=THANKS.format("Thank you."))
    call_command("run_bots", "shapes", participants=4, seed=1, verbosity=0)
    more = THANKS.format("Thank you\\nvery much.")
    load_study(make_protocol(tmp_path, more=more), new_version=True)
    call_command("run_bots", "shapes", participants=2, seed=2, verbosity=0)
    survey = Survey.objects.get()
    close_survey(survey)
    more += f'[study]\ndeviations = ["{DEVIATION}"]\n'
    load_study(make_protocol(tmp_path, more=more), new_version=True)
    return survey


def test_database_and_export_give_the_same_versions(survey, tmp_path):
    export_study(Survey.objects.get(), tmp_path / "export", stimuli=True)
    ours, theirs = read_study("shapes"), read_export(tmp_path / "export")
    assert ours.versions == theirs.versions
    assert [
        [(change.key, change.before, change.after) for change in version.changes]
        for version in ours.versions
    ] == [
        [],
        [("texts.thanks", "Thank you.", "Thank you\nvery much.")],
        [("study.deviations[1]", None, DEVIATION)],
    ]
    dates = [version.at.date().isoformat() for version in Survey.objects.get().versions.all()]
    assert [version.day for version in ours.versions] == dates
    [section] = versions_sections(ours, ours.participants)
    assert section.paragraphs == ["The protocol was changed twice after the study had opened."]
    [table] = section.tables
    assert table.rows == [
        [f"1, from {dates[0]}: 4 began", "–", "–", "–"],
        [f"2, from {dates[1]}: 2 began", "texts.thanks", "Thank you.", "Thank you very much."],
        [f"3, from {dates[2]}: 0 began", "study.deviations[1]", "nothing", DEVIATION],
    ]
    assert '"Thank you\nvery much."' in to_csv(table)


def test_the_report_has_versions_and_what_the_team_names_before_results(survey):
    results = analyse(read_study("shapes"))
    titles = [section.title for section in results.sections]
    assert titles[1:3] == ["Planned and happened", "Versions of the protocol"]
    assert titles.index("Accuracy") > 2
    text = "\n".join(results.sections[1].paragraphs)
    assert f"Named by the team (version 3, {results.study.versions[2].day}): {DEVIATION}" in text
    document = json.loads(json.dumps(results_json(results)))
    assert [row["n_participants"] for row in document["protocol_versions"]] == [4, 2, 0]
    [asked] = [row for row in document["checklists"]["consort"] if row["item"] == "10"]
    assert asked["answered"] == "Planned and happened; Versions of the protocol"


def test_an_export_without_versions_is_read_as_before(survey, tmp_path):
    export_study(Survey.objects.get(), tmp_path / "export")
    (tmp_path / "export" / "materials" / "versions.json").unlink()
    study = read_export(tmp_path / "export")
    assert study.versions == ()
    assert versions_sections(study, study.participants) == []
    shutil.rmtree(tmp_path / "export" / "materials")
    assert read_export(tmp_path / "export").versions == ()


def test_a_list_of_versions_that_is_no_such_list_is_refused_by_name(survey, tmp_path):
    export_study(Survey.objects.get(), tmp_path / "export")
    (tmp_path / "export" / "materials" / "versions.json").write_text('{"versions": [{"n": 1}]}')
    with pytest.raises(DataError, match=r"versions.json must list versions, .*'changes' is miss"):
        read_export(tmp_path / "export")


def test_a_study_that_was_never_changed_has_no_section(db, tmp_path):
    make_survey(tmp_path)
    call_command("run_bots", "shapes", participants=4, seed=1, verbosity=0)
    study = read_study("shapes")
    assert [(version.number, version.changes) for version in study.versions] == [(1, ())]
    assert versions_sections(study, study.participants) == []


def test_that_a_code_changed_is_exported_but_not_the_code(db, tmp_path):
    make_survey(tmp_path, more=CODES.format("C0DE1"))
    load_study(make_protocol(tmp_path, more=CODES.format("C0DE2")), new_version=True)
    export_study(Survey.objects.get(), tmp_path / "export")
    text = (tmp_path / "export" / "materials" / "versions.json").read_text()
    assert "C0DE" not in text
    [change] = json.loads(text)["versions"][1]["changes"]
    assert (change["key"], change["before"], change["after"]) == (
        "panel.codes.complete", "not exported", "not exported",
    )  # fmt: skip


def test_translations_are_counted_and_many_changes_are_cut(survey):
    study = read_study("shapes")
    keys = [*(f"labels.c{n}" for n in range(14)), "texts.thanks.it", "texts.consent.it"]
    changes = tuple(ProtocolChange(key, 1, None, "1", "nothing") for key in keys)
    many = replace(
        study,
        protocol=study.protocol | {"languages": ["en", "it"]},
        versions=(study.versions[0], ProtocolVersion(2, "2026-05-02T00:00:00.000Z", changes)),
    )
    [table] = versions_sections(many, many.participants)[0].tables
    assert [row[1] for row in table.rows[1:]] == [
        *(f"labels.c{n}" for n in range(12)), "3 more, in table_protocol_versions.csv",
    ]  # fmt: skip
    assert table.numbers["key"].tolist()[1:] == keys
    assert table.numbers["before"].tolist()[1] == 1
    few = replace(
        many, versions=(many.versions[0], replace(many.versions[1], changes=changes[-3:]))
    )
    [table] = versions_sections(few, few.participants)[0].tables
    assert table.rows[1:] == [
        ["2, from 2026-05-02: 2 began", "labels.c13", "1", "nothing"],
        ["2, from 2026-05-02: 2 began", "2 texts in the language “it”", "–", "–"],
    ]
