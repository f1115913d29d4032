"""Who is counted where: people and bots, one condition or several, everybody exactly once."""

import re
from dataclasses import replace

import numpy as np
import pytest
from scipy import stats

from analysis.data.designs import Design
from analysis.data.scores import conditions_of
from analysis.data.study_data import from_frames, from_scores_file
from analysis.errors import PlanError
from analysis.plan.plan import Plan, PlannedTest
from analysis.report.folder import write_results
from analysis.report.html import render_report
from analysis.report.numbers import participants as participants_in_words
from analysis.report.results import analyse, results_json

# What is in the figures is no matter of these tests.
pytestmark = pytest.mark.usefixtures("undrawn")
ONE_ARM = {("pv", "model_wrong"): 0.5, ("pv", "model_right"): 0.8}


def words(results):
    html = re.sub(r"<svg.*?</svg>", "", render_report(results), flags=re.DOTALL)
    return re.sub(r"\s+", " ", html.replace("\u00a0", " "))


@pytest.fixture
def everybody(frames):
    """Twenty participants, of whom some ended in every way there is."""
    people, trials = frames(n_participants=20)
    people = people.astype({"status": str, "condition": str})
    ends = {
        "p001": {"status": "withdrawn", "n_trials": 0, "n_answered": 0, "condition": "gradcam"},
        "p002": {"status": "in_introduction", "n_trials": 0, "n_answered": 0},
        "p003": {"status": "in_trials", "n_answered": 2},
        "p004": {"status": "in_trials", "n_answered": 12},
        "p005": {"status": "screened_out", "n_trials": 0, "n_answered": 0},
        "p006": {"status": "full", "n_trials": 0, "n_answered": 0, "condition": np.nan},
        "p007": {"status": "in_introduction", "n_trials": 0, "n_answered": 0, "condition": np.nan},
        "p008": {"status": "withdrawn", "n_trials": 0, "n_answered": 0, "condition": np.nan},
    }
    for name, changes in ends.items():
        row = people["participant_id"] == name
        people.loc[row, "finished_at"] = None
        for column, value in changes.items():
            people.loc[row, column] = value
    gone = people.loc[people["n_trials"] == 0, "participant_id"]
    return people, trials[~trials["participant_id"].isin(set(gone))]


def test_each_participant_who_arrived_is_counted_exactly_once(everybody):
    people, trials = everybody
    found = results_json(analyse(from_frames("x", people, trials)))
    flow = {row.pop("stage"): row for row in found["flow"]}
    assert flow["arrived"] == {"gradcam": 9, "pv": 8, "not_assigned": 3}
    assert sum(flow["arrived"].values()) == sum(flow["consented"].values()) == len(people)
    left = {row.pop("page"): row for row in found["dropout_by_page"]}
    for condition in ("gradcam", "pv", "not_assigned"):
        gone = sum(row[condition] for row in left.values())
        assert flow["arrived"][condition] == flow["analysed"][condition] + gone
    assert {page: sum(row.values()) for page, row in left.items()} == {
        "before the introduction": 1,
        "introduction": 1,
        "trial 3": 1,
        "after the trials": 1,
        "withdrew": 2,
        "screened out": 1,
        "no place left": 1,
    }


def test_a_participant_who_withdrew_is_at_no_trial_and_not_introduced(everybody):
    people, trials = everybody
    found = results_json(analyse(from_frames("x", people, trials)))
    flow = {row["stage"]: row for row in found["flow"]}
    # Neither p001, who withdrew, nor p005, who was screened out, is known to have gone on.
    assert flow["introduced"]["gradcam"] == flow["started"]["gradcam"] == 7
    assert flow["assigned"]["not_assigned"] == 0
    # Each stage holds no more than the one before.
    for name in ("gradcam", "pv"):
        counts = [row[name] for row in flow.values()]
        assert counts == sorted(counts, reverse=True)


def test_the_flow_table_counts_participants_without_a_condition(everybody):
    people, trials = everybody
    (table,) = (
        table
        for table in analyse(from_frames("x", people, trials)).tables
        if table.name == "table_flow"
    )
    assert table.header == ["Stage", "Grad-CAM", "PV", "No condition", "Total"]
    assert table.rows[0] == ["Arrived", "9", "8", "3", "20"]


def test_a_participant_who_finished_without_an_answer_has_a_row(frames):
    people, trials = frames(n_participants=8)
    own = trials["participant_id"] == "p001"
    trials.loc[own, ["correct", "chose_truth", "cant_tell", "response_position"]] = np.nan
    trials.loc[own, "response"] = None
    found = results_json(analyse(from_frames("x", people, trials)))
    assert found["n_participants"] == 7
    assert found["dropout_by_page"] == [
        {"page": "finished without an answer", "gradcam": 1, "pv": 0}
    ]


def test_a_condition_without_finishers_is_not_tested_and_stops_nothing(frames):
    people, trials = frames(n_participants=20)
    people.loc[people["condition"] == "pv", "finished_at"] = None
    study = from_frames("x", people, trials)
    assert conditions_of(study.scores) == ["gradcam"]
    assert study.conditions == ["gradcam", "pv"]
    for plan in (None, Plan((PlannedTest("all", "gradcam", "pv"),), origin="our registration")):
        results = analyse(study, plan)
        [row, *_] = results_json(results)["tests"]
        assert (row["n_b"], row["p_value"]) == (0, None)
        assert "could not be tested: too few answers" in words(results)
        assert "0 of 10 with PV (0.0 %" in words(results)
    with pytest.raises(PlanError, match="but the data hold gradcam, pv"):
        analyse(study, Plan((PlannedTest("all", "gradcam", "none"),)))


def test_one_condition_alone_is_compared_with_guessing(frames):
    people, trials = frames(n_participants=12, chances=ONE_ARM)
    results = analyse(from_frames("x", people, trials))
    found = results_json(results)
    assert found["tests"] == []
    assert [row["condition"] for row in found["chance"]] == ["pv", "pv"]
    assert found["chance"][1]["n_participants"] == 12
    assert found["chance"][1]["p_value"] < 0.001
    [first, second] = results.findings
    assert first.startswith("Where the model was wrong, participants named its prediction in ")
    assert "against 25 % by guessing among the classes offered (two-sided t test" in second
    text = words(results)
    assert "1 condition: perception visualization (PV)." in text
    assert "compared with guessing among the classes offered by two-sided t tests over par" in text
    assert "Mann–Whitney U tests" not in text
    assert "differential attrition cannot be tested" in text


def test_one_condition_of_scores_alone_is_compared_with_guessing(scores_file, tmp_path):
    study = from_scores_file(scores_file("a,pv,0,14,16,16", "b,pv,0,14,15,16"))
    results = analyse(study)
    write_results(results, tmp_path / "results")
    [first, second] = results.findings
    assert "(95 % CI 0.0 to 65.8; n = 2)" in first
    assert "not possible, all scores are equal" in first
    assert "against 25 % by guessing among four classes" in second
    assert "p = 0.0" in second
    (table,) = (table for table in results.tables if table.name == "table_chance")
    assert table.note.startswith("Scores do not say how many classes were offered")


def test_guessing_is_among_the_options_that_trials_offered(frames):
    people, trials = frames(n_participants=12)
    trials["options_shown"] = "yes;no"
    results = results_json(analyse(from_frames("x", people, trials)))
    means = {(row["condition"], row["stratum"]): row["mean"] for row in results["accuracy"]}
    for row in results["chance"]:
        assert row["chance"] == 0.5
        expected = means[row["condition"], row["stratum"]] - 0.5
        assert row["above_chance"] == pytest.approx(expected)


def test_participants_with_other_options_are_compared_with_their_own_guessing(frames):
    people, trials = frames(n_participants=12)
    first = trials["participant_id"].isin(people["participant_id"][:6])
    trials["options_shown"] = first.map({True: "a;b", False: "a;b;c;d;cant_tell"})
    results = analyse(from_frames("x", people, trials))
    [row, *_] = results_json(results)["chance"]
    assert row["chance"] == pytest.approx(0.375)
    own = results.study.scores.query("condition == 'gradcam' and stratum == 'model_wrong'")
    chances = own["participant_id"].isin(people["participant_id"][:6]).map({True: 0.5, False: 0.25})
    expected = stats.ttest_1samp(own["accuracy"] - chances, 0)
    assert (row["t"], row["p_value"]) == pytest.approx((expected.statistic, expected.pvalue))


@pytest.mark.parametrize(
    ("n", "simulated", "said"),
    [
        (41, 0, "41 participants"),
        (41, 41, "41 simulated participants"),
        (41, 40, "41 participants, of whom 40 are simulated and 1 is a person,"),
        (3, 1, "3 participants, of whom 1 is simulated and 2 are people,"),
        (1, 1, "1 simulated participant"),
    ],
)
def test_participants_and_bots_are_counted_separately_in_words(n, simulated, said):
    assert participants_in_words(n, simulated) == said


def test_mixed_data_are_said_to_be_mixed_everywhere(frames, tmp_path):
    people, trials = frames(n_participants=12)
    people["simulated"] = 1
    people.loc[people["participant_id"] == "p002", "simulated"] = 0
    results = analyse(from_frames("x", people, trials))
    text = words(results)
    mixed = "12 participants, of whom 11 are simulated and 1 is a person"
    assert f"Analysed: {mixed}." in text
    assert "Partly simulated data." in text
    assert f"{mixed}; all numbers here include both" in text
    assert f"{mixed}, guessed a classifier’s predictions" in text
    assert "Grad-CAM, n = 6, of whom 6 simulated; perception" in text
    assert "visualization (PV), n = 6, of whom 5 simulated" in text
    assert "12 simulated participants" not in text
    write_results(results, tmp_path / "results")
    for file in (tmp_path / "results").glob("table_*.md"):
        assert "SIMULATED DATA: 11 of 12 participants are simulated." in file.read_text()


def test_a_report_without_bots_mentions_no_simulation(frames, tmp_path):
    results = analyse(from_frames("x", *frames(n_participants=8)))
    assert "imulated" not in words(results)
    write_results(results, tmp_path / "results")
    assert not any("SIMULATED" in file.read_text() for file in tmp_path.rglob("*.tex"))


def test_bots_that_did_not_finish_are_reported_in_the_flow(frames):
    people, trials = frames(n_participants=8)
    people.loc[people["number"] == 1, ["simulated", "finished_at"]] = [1, None]
    text = words(analyse(from_frames("x", people, trials)))
    assert "Simulated participants in the flow." in text
    assert "1 simulated participant did not finish" in text


def test_the_report_names_the_differences_that_dropout_cannot_explain(frames):
    chances = {
        ("gradcam", "model_wrong"): 0.0, ("pv", "model_wrong"): 1.0,
        ("gradcam", "model_right"): 0.5, ("pv", "model_right"): 0.5,
    }  # fmt: skip
    people, trials = frames(n_participants=20, chances=chances)
    assert "those lost" not in words(analyse(from_frames("x", people, trials)))
    people.loc[people["number"].isin([1, 2]), ["finished_at", "n_answered"]] = [None, 2]
    text = words(analyse(from_frames("x", people, trials)))
    assert (
        "Whatever those lost had answered, a difference of the same sign would remain where the"
        " model was wrong, between Grad-CAM and PV. The other one could change its sign." in text
    )
    assert "1 of the 2 tested differences" in text
    chances |= {("gradcam", "model_wrong"): 0.5, ("pv", "model_wrong"): 0.5}
    people, trials = frames(n_participants=20, chances=chances)
    people.loc[people["number"].isin([1, 2]), ["finished_at", "n_answered"]] = [None, 2]
    assert "Every difference could change its sign" in words(
        analyse(from_frames("x", people, trials))
    )


def test_everybody_lost_of_a_crossover_counts_in_both_conditions(frames):
    people, trials = frames(n_participants=20)
    people.loc[people["number"].isin([1, 2]), ["finished_at", "n_answered"]] = [None, 2]
    people["condition"] = people["condition"].map({"gradcam": "gradcam>pv", "pv": "pv>gradcam"})
    study = from_frames("x", people, trials)
    design = Design(shared=("gradcam", "pv"), blocks=("one", "two"))
    rows = results_json(analyse(replace(study, design=design)))["dropout_bounds"]
    assert {row["n_assigned"] for row in rows} == {20}


def test_a_study_where_nobody_said_cant_tell_has_no_table_of_its_treatments(frames):
    people, trials = frames(n_participants=8)
    trials["cant_tell"] = 0.0
    names = [table.name for table in analyse(from_frames("x", people, trials)).tables]
    assert "table_cant_tell" not in names
    assert "table_answers" in names


def test_a_difference_that_hangs_on_how_cant_tell_counts_is_named(frames):
    chances = {(c, s): 0.4 for c in ("gradcam", "pv") for s in ("model_wrong", "model_right")}
    people, trials = frames(n_participants=40, chances=chances)

    def sentence():
        sections = analyse(from_frames("x", people, trials)).sections
        return next(part for part in sections if part.title.startswith("What participants ans"))

    assert "the intervals of both differences agree" in sentence().paragraphs[1]
    unsure = trials["condition"].eq("pv") & (trials["stratum"] == "model_wrong")
    unsure &= trials["correct"].eq(0)
    trials.loc[unsure, ["response", "cant_tell", "chose_truth"]] = ["cant_tell", 1, 0]
    assert (
        sentence()
        .paragraphs[1]
        .endswith("for 1 of 2 differences: Grad-CAM − PV where the model was wrong.")
    )
