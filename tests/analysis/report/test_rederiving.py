"""Everything can be derived again from the export alone, and what was declared stays declared."""

import json
import shutil

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command

from analysis.data.exports import read_export
from analysis.data.loading import load_study
from analysis.errors import DataError
from analysis.plan.reader import read_plan
from analysis.report.html import render_report
from analysis.report.results import analyse, results_json
from surveys.export.folder import export_study
from tests.factories import make_survey

pytestmark = pytest.mark.django_db

PLAN = """
[analysis]
alpha = 0.01
correction = "benjamini_hochberg"
equivalence_margin = 0.1

[[analysis.tests]]
stratum = "all"
condition_a = "gradcam"
condition_b = "pv"
alternative = "greater"

[[analysis.exploratory]]
stratum = "model_wrong"
condition_a = "gradcam"
condition_b = "pv"

[analysis.exclusions]
rules = ["too_fast", "cant_tell"]
fastest_median_ms = 700
"""
LATER_PLAN = """
[[tests]]
stratum = "all"
condition_a = "gradcam"
condition_b = "pv"
alternative = "greater"

[[tests]]
stratum = "model_right"
condition_a = "gradcam"
condition_b = "pv"
"""


@pytest.fixture
def survey(tmp_path):
    survey = make_survey(tmp_path, more=PLAN)
    call_command("run_bots", "shapes", participants=8, seed=1, verbosity=0)
    return survey


def test_the_export_alone_gives_the_same_bytes_wherever_it_lies(survey, tmp_path):
    export_study(survey, tmp_path / "export", stimuli=True)
    shutil.copytree(tmp_path / "export", tmp_path / "elsewhere" / "copy")
    call_command("build_results", "shapes", out=tmp_path / "ours")
    call_command("build_results", export=tmp_path / "elsewhere" / "copy", out=tmp_path / "theirs")
    for file in (tmp_path / "ours").iterdir():
        assert file.read_bytes() == (tmp_path / "theirs" / file.name).read_bytes(), file.name
    found = json.loads((tmp_path / "ours" / "results.json").read_bytes())
    described = json.loads((tmp_path / "export" / "dataset_description.json").read_text())
    hashes = ("protocol_sha256", "stimulus_set_sha256", "data_sha256")
    for name, label in zip(hashes, ("protocol", "stimulus set", "data"), strict=True):
        assert found["provenance"][f"{label} SHA-256"] == described["foresee"][name]
    assert found["provenance"]["protocol SHA-256"] == survey.protocol_sha256
    assert found["provenance"]["exported by"] == f"Foresee {settings.VERSION}"
    assert {"python", "pandas", "scipy"} <= set(found["versions"])


def test_one_answer_more_gives_another_hash(survey):
    before = load_study("shapes").provenance
    call_command("run_bots", "shapes", participants=1, seed=2, verbosity=0)
    after = load_study("shapes").provenance
    assert before["data SHA-256"] != after["data SHA-256"]
    assert before["protocol SHA-256"] == after["protocol SHA-256"]


def test_the_protocols_tests_are_declared_and_come_first(survey, undrawn):
    results = analyse(load_study("shapes"))
    found = results_json(results)
    assert [(row["family"], row["stratum"], row["alternative"]) for row in found["tests"]] == [
        ("declared", "all", "greater"),
        ("exploratory", "model_wrong", "two-sided"),
    ]
    assert found["plan"] == {
        "declared": True,
        "origin": "the protocol’s analysis plan",
        "method": "auto",
        "continuity": True,
        "correction": "benjamini_hochberg",
        "alpha": 0.01,
        "equivalence_margin": 0.1,
        "rules": ["too_fast", "cant_tell"],
        "fastest_median_ms": 700,
        "same_position_share": 0.8,
        "cant_tell_share": 0.8,
        "failed_checks": 1,
    }
    assert {row["rule"] for row in found["exclusions"]} == {"too_fast", "cant_tell"}
    html = render_report(results)
    # One test alone is corrected for nothing.
    assert "corrections for ties and continuity, at α = 0.01" in html.replace("\u00a0", " ")
    assert "Declared tests, from the protocol’s analysis plan" in html


def test_a_plan_that_comes_later_only_adds_exploratory_tests(survey, tmp_path):
    plan = tmp_path / "later.toml"
    plan.write_text(LATER_PLAN)
    found = results_json(analyse(load_study("shapes"), read_plan(plan)))
    assert [(row["family"], row["stratum"]) for row in found["tests"]] == [
        ("declared", "all"),
        ("exploratory", "model_wrong"),
        ("exploratory", "model_right"),
    ]
    assert found["plan"]["alpha"] == 0.01


def test_a_plan_that_was_changed_in_the_export_for_the_worse_is_refused(survey, tmp_path):
    export_study(survey, tmp_path / "export")
    file = tmp_path / "export" / "materials" / "protocol.json"
    protocol = json.loads(file.read_text())
    protocol["analysis"]["tests"][0]["stratum"] = "some"
    file.write_text(json.dumps(protocol))
    with pytest.raises(CommandError, match="stratum must be one of"):
        call_command("build_results", export=tmp_path / "export", out=tmp_path / "results")
    assert not (tmp_path / "results").exists()


def test_images_that_are_listed_and_missing_are_named(survey, tmp_path):
    export_study(survey, tmp_path / "export", stimuli=True)
    image = next((tmp_path / "export" / "materials" / "stimuli").iterdir())
    image.unlink()
    with pytest.raises(DataError, match=f"{image.name} cannot be read: there is no such file"):
        read_export(tmp_path / "export")


def test_without_images_the_numbers_are_the_same(survey, tmp_path):
    export_study(survey, tmp_path / "export")
    without = read_export(tmp_path / "export")
    assert without.pictures == {}
    ours = results_json(analyse(load_study("shapes")))
    assert results_json(analyse(without)) == ours
