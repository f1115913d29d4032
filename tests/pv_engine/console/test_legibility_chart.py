"""The chart of what each reader named."""

import pytest

from pv_engine.console.legibility_chart import legibility_charts
from pv_engine.models import BlindReading


def cell(hits, pictures):
    return {"pictures": pictures, "prediction": hits, "truth": 0}


def strata(wrong, right):
    return {"model_wrong": wrong, "model_right": right}


MANIFEST = {
    "conditions": ["gradcam", "none", "pv"],
    "items": [{"options": ["a", "b", "c", "d"]}, {"options": ["a", "b"]}],
    "legibility": {
        "items": {"pv": strata(cell(3, 4), cell(0, 0))},
        "held_out": {"pv": strata(cell(30, 100), cell(0, 0))},
        "items_zero_shot": {"gradcam": strata(cell(1, 4), cell(2, 2))},
    },
}
TEAM = BlindReading(
    stratum="model_wrong", condition="pv", n=10, named_prediction=6, named_truth=1, chance=0.25
)


@pytest.fixture
def charts():
    return {chart.stratum: chart for chart in legibility_charts(MANIFEST, [TEAM, TEAM])}


def test_each_condition_that_was_read_has_a_row_and_each_reader_a_mark(charts):
    rows = {row.condition: row for row in charts["model_wrong"].rows}
    assert list(rows) == ["gradcam", "pv"]
    assert [(mark.reader, mark.hits, mark.n) for mark in rows["pv"].marks] == [
        ("team", 12, 20), ("fitted", 30, 100),
    ]  # fmt: skip
    assert [mark.reader for mark in rows["gradcam"].marks] == ["own"]
    assert [name for name, _ in charts["model_wrong"].readers] == ["team", "own", "fitted"]


def test_marks_have_exact_intervals_and_stand_in_lanes_of_their_own(charts):
    first, second = charts["model_wrong"].rows[1].marks
    assert (round(first.low, 1), round(first.high, 1)) == (36.1, 80.9)
    assert first.share == pytest.approx(60)
    assert first.y < second.y < charts["model_wrong"].rows[1].height


def test_words_say_what_the_chart_shows(charts):
    assert charts["model_wrong"].rows[1].words() == (
        "PV. the team, reading blind: 12 of 20, 60 % (36 to 81); "
        "a network fitted to stimuli: 30 of 100, 30 % (21 to 40)."
    )


def test_guessing_is_what_the_options_leave_to_it(charts):
    assert charts["model_wrong"].chance == pytest.approx(100 * (0.25 + 0.5) / 2)


def test_a_stratum_that_nobody_has_read_has_no_chart():
    assert [chart.stratum for chart in legibility_charts(MANIFEST, [])] == [
        "model_wrong", "model_right",
    ]  # fmt: skip
    assert legibility_charts({"conditions": ["pv"]}, []) == []
