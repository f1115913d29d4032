"""What the report says of the networks and of how the images were chosen."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from analysis.data.study_data import from_frames
from analysis.report.numbers import count
from analysis.report.results import analyse, results_json
from tests.analysis.conftest import make_frames

[MANIFEST] = Path("fixtures/stimuli").glob("*/manifest.json")


@pytest.fixture(scope="module")
def study():
    return from_frames("x", *make_frames(n_participants=8))


def facts(study, **stimuli):
    return results_json(analyse(replace(study, stimuli=stimuli))).get("stimuli")


def test_the_demo_sets_networks_measures_and_choice_are_in_the_report(study):
    manifest = json.loads(MANIFEST.read_text())
    found = facts(study, **manifest)
    assert found["Stimulus set"] == f"demo (SHA-256 {manifest['content_sha256']})"
    assert found["Model"] == (
        f"small_cnn, trained from random weights (SHA-256 {manifest['classifier']['sha256']})"
    )
    assert found["Accuracy of the model"] == (
        f"85.1 % exactly right and 97.6 % mean average precision on {count(6000)} pictures"
    )
    assert found["Explained function"] == "the model itself; difference of its outputs: none"
    assert found["Saliency method"] == "gradcam"
    assert found["Decoder"].endswith(
        "73.5 % of 34 pictures (model wrong) and 76.0 % of 100 pictures (model right)"
    )
    assert found["Exemplars"] == (
        f"chosen from {count(7200)} training pictures; cosine to the features under the map 0.92,"
        " to those of another picture 0.06"
    )
    assert found["Choice of images"] == (
        "14 that the model got wrong and 16 that it got right, drawn at random within each stratum"
        f" with seed 11 from {count(6000)} pictures; 4 classes offered with each"
    )


def test_readers_of_the_stimuli_are_named_with_exact_intervals(study):
    cells = {"model_wrong": {"pictures": 10, "prediction": 0, "truth": 3}}
    found = facts(study, name="s", content_sha256="0", legibility={"items": {"pv": cells}})
    assert found["Prediction named by a network fitted to other stimuli of the same kinds"] == (
        "PV 0.0 % of 10 (0.0 to 30.8), model wrong"
    )


def test_a_set_from_elsewhere_says_what_is_known_and_what_is_not_stated(study):
    found = facts(study, name="mine", content_sha256="ab")
    assert list(found) == ["Stimulus set", "Model", "Choice of images"]
    assert found["Model"] == found["Choice of images"] == ""


def test_a_set_whose_networks_were_not_measured_has_their_names_and_hashes(study):
    found = facts(
        study,
        name="s",
        classifier={"sha256": "ab"},
        decoder={"sha256": "cd"},
        exemplars={"bank": 0},
    )
    assert found["Model"] == "not stated by the study (SHA-256 ab)"
    assert found["Decoder"] == "SHA-256 cd"
    assert "Accuracy of the model" not in found


def test_an_export_of_an_earlier_version_has_no_such_section(study):
    assert facts(study) is None
    assert "What was explained" not in [part.title for part in analyse(study).sections]
