"""A study's sample size is computed from what the team assumes."""

import pytest

from surveys.errors import JobError
from surveys.jobs import power_runs
from surveys.jobs.power_runs import FIELDS, ask_power, read_assumptions, simulate
from surveys.models import PowerRun
from surveys.monitoring.charts import power_chart

SENT = {field.name: f"{field.default:g}" for field in FIELDS}
ADDRESS = "/console/surveys/shapes/sample-size/"


def test_the_smallest_size_with_the_wanted_power_is_stored_and_drawn(
    survey, researcher, monkeypatch
):
    monkeypatch.setattr(power_runs, "SIZES", (5, 40))
    monkeypatch.setattr(power_runs, "SIMULATIONS", 100)
    wide = {**SENT, "mean_a": "20", "mean_b": "70", "attrition": "50"}
    run = ask_power(survey, read_assumptions(wide))
    PowerRun.objects.update(status="running", claim=1)
    run.refresh_from_db()
    simulate(run)
    stored = PowerRun.objects.get()
    assert (stored.n_finished, stored.n_recruited) == (40, 80)
    page = researcher.get(ADDRESS).content.decode()
    assert "40 finished participants per condition are enough" in page
    assert "Recruit 80 per condition" in page


@pytest.mark.parametrize(("name", "text"), [("mean_a", "x"), ("items", "1"), ("power", "nan")])
def test_a_number_that_will_not_do_is_named(researcher, survey, name, text):
    with pytest.raises(JobError, match="must be a number from"):
        read_assumptions({**SENT, name: text})
    researcher.post(ADDRESS, {**SENT, name: text})
    assert not PowerRun.objects.exists()


def test_assumptions_that_contradict_each_other_fail_with_the_reason(survey):
    run = ask_power(survey, read_assumptions({**SENT, "mean_a": "1", "deviation_a": "50"}))
    with pytest.raises(JobError, match="standard deviation"):
        simulate(run)


def test_the_chart_goes_from_the_smallest_size_to_the_largest():
    row = {"power": 0.5, "ci_low": 0.4, "ci_high": 0.6}
    chart = power_chart([{"n_per_condition": n, **row} for n in (10, 20)], wanted=0.8)
    assert chart.line == "M0 50 L100 50"
    assert chart.area == "M0 40 L100 40 L100 60 L0 60 Z"
    assert (chart.target_y, chart.first, chart.last) == ("20", 10, 20)
