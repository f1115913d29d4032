"""The protocol's [analysis] section: checked by the analysis, frozen and hashed with the rest."""

import json
import re
from pathlib import Path

import pytest

from surveys.errors import ProtocolError
from surveys.export.folder import export_study
from surveys.protocol.schema import Protocol
from surveys.studies.protocols.loading import load_study
from tests.factories import make_protocol, make_stimulus_folder, make_survey
from tests.surveys.protocol_files import read_file

TEST = """
[[analysis.tests]]
stratum = "model_wrong"
condition_a = "gradcam"
condition_b = "pv"
"""


def test_it_is_part_of_the_protocol_and_of_its_hash(db, tmp_path):
    make_stimulus_folder(tmp_path / "stimuli")
    plain, _ = load_study(make_protocol(tmp_path))
    hashes = {plain.protocol_sha256}
    for more in (TEST, TEST + 'alternative = "less"\n', f"[analysis]\nalpha = 0.01\n{TEST}"):
        survey, changed = load_study(make_protocol(tmp_path, more=more))
        assert changed
        hashes.add(survey.protocol_sha256)
        assert survey.protocol.analysis["tests"][0]["stratum"] == "model_wrong"
        assert Protocol.from_json(survey.protocol_json).as_json() == survey.protocol_json
    assert len(hashes) == 4


def test_without_it_a_protocol_keeps_the_hash_that_it_had(tmp_path):
    protocol = read_file(make_protocol(tmp_path))
    assert protocol.analysis == {}
    assert "analysis" not in protocol.as_json()


@pytest.mark.parametrize(
    ("more", "message"),
    [
        ("analysis = 3\n", "shapes.toml, line 5: analysis must be a table, but is 3"),
        ("[analysis]\n", "shapes.toml, line 5: the key analysis.tests is missing"),
        (f"[analysis]\nsided = 1\n{TEST}", "line 6: unknown key analysis.sided"),
        (
            TEST.replace("pv", "zebra"),
            r"line 9: analysis.tests\[1\].condition_b is 'zebra', but",
        ),
        (
            TEST.replace("pv", "gradcam"),
            r"line 9: .*condition_b compares 'gradcam' with",
        ),
        (TEST + TEST, r"line 11: analysis.tests\[2\] is given twice: 'gradcam' against 'pv'"),
        (
            f"{TEST}alternative = 2026-01-01\n",
            "must be one of 'two-sided', .* but is 2026-01-01",
        ),
        (f"[analysis]\norigin = 2026-01-01\n{TEST}", "origin must be a text"),
        (f"[analysis]\nalpha = 1\n{TEST}", "alpha must be a number between 0 and 1, but is 1"),
        (f'[analysis]\ncorrection = "none"\n{TEST}', "line 6: .*'holm', 'benjamini_hochberg'"),
        (f"[analysis]\ncontinuity = 1\n{TEST}", "continuity must be true or false, but is 1"),
        (
            f'{TEST}[analysis.exclusions]\nrules = ["ugly"]\n',
            r"rules\[1\] must be one of 'too_fast'",
        ),
        (
            f"{TEST}[analysis.exclusions]\ncant_tell_share = 80\n",
            "a number from 0 to 1, but is 80",
        ),
    ],
)
def test_what_is_wrong_is_said_when_the_protocol_is_loaded(tmp_path, more, message):
    with pytest.raises(ProtocolError, match=message):
        read_file(make_protocol(tmp_path, more=more))


def test_it_is_exported_with_the_protocol(db, tmp_path):
    survey = make_survey(tmp_path, more=TEST)
    export_study(survey, tmp_path / "export")
    exported = json.loads((tmp_path / "export" / "materials" / "protocol.json").read_text())
    assert exported == survey.protocol_json
    assert exported["analysis"]["tests"][0]["condition_b"] == "pv"


def test_the_example_of_the_documentation_can_be_loaded(tmp_path):
    page = (Path(__file__).parents[3] / "docs" / "protocol.md").read_text()
    (example,) = re.findall(r"```toml\n(\[analysis\].*?)```", page, re.DOTALL)
    protocol = read_file(make_protocol(tmp_path, more=example))
    assert [test["stratum"] for test in protocol.analysis["tests"]] == [
        "model_wrong",
        "model_right",
    ]
