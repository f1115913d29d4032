"""What was recorded of devices is shown by condition, with a test of whether it differs."""

import numpy as np
import pytest
from scipy import stats

from analysis.data.study_data import from_frames
from analysis.report.sections.people.devices import device_sections

WIDTHS = [300.0, 310, 320, 330, 340, np.nan, 360, 370]


@pytest.fixture
def study(frames):
    people, trials = frames(n_participants=8)
    people["picture_width"] = WIDTHS
    people["pixel_ratio"] = ["1"] * 5 + [None] + ["1"] * 2
    people["input"] = ["mouse", "touch", "mouse", "touch", "mouse", None, "mouse", "mouse"]
    people["n_plates_right"] = [2.0, 2, 2, 1, 2, 2, 2, 2]
    return from_frames("Shapes", people, trials)


def test_widths_are_described_by_condition(study):
    [section] = device_sections(study, study.participants)
    names = ("condition", "n_participants", "n_given", "smallest", "median", "largest")
    rows = [tuple(row[name] for name in names) for row in section.numbers["picture_width"]]
    assert rows == [("gradcam", 4, 4, 300, 330, 360), ("pv", 4, 3, 310, 330, 370)]


def test_kinds_are_counted_by_condition(study):
    [section] = device_sections(study, study.participants)
    found = {
        (row["recorded"], row["condition"], row["value"]): row["n"]
        for row in section.numbers["devices"]
    }
    assert found["input", "gradcam", "mouse"] == 4
    assert (found["input", "pv", "mouse"], found["input", "pv", "touch"]) == (1, 2)
    assert (found["n_plates_right", "pv", "1"], found["n_plates_right", "pv", "2"]) == (1, 3)
    assert ["Input", "Not recorded", "0", "1"] in section.tables[1].rows


def test_conditions_are_compared_where_there_is_something_to_compare(study):
    [section] = device_sections(study, study.participants)
    tests = {row["recorded"]: row["p_value"] for row in section.numbers["device_tests"]}
    widths = stats.kruskal([300, 320, 340, 360], [310, 330, 370])
    assert tests["picture_width"] == pytest.approx(widths.pvalue)
    exact = stats.fisher_exact(np.array([[4, 0], [1, 2]])).pvalue
    assert tests["input"] == pytest.approx(exact, abs=0.015)
    # All screens are of one class.
    assert np.isnan(tests["pixel_ratio"])
    assert "pixel ratio, p" not in section.paragraphs[0]


def test_a_study_that_recorded_nothing_has_no_section(study):
    columns = ["picture_width", "pixel_ratio", "input", "n_plates_right"]
    assert device_sections(study, study.participants.drop(columns=columns)) == []
    assert device_sections(study, study.participants.assign(**dict.fromkeys(columns, np.nan))) == []
