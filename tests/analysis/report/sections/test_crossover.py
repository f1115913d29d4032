"""The report of a study in which everybody sees both conditions."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from analysis.data.designs import Design
from analysis.data.labels import INTERACTION
from analysis.data.scores import paired_scores, score_trials
from analysis.data.study_data import from_frames
from analysis.report.html import render_report
from analysis.report.results import analyse, results_json
from analysis.statistics.ranks.signed_ranks import signed_ranks
from tests.analysis.conftest import make_frames

pytestmark = pytest.mark.usefixtures("undrawn")


@pytest.fixture(scope="module")
def results():
    """16 participants, half of whose images of each kind had each condition."""
    people, trials = make_frames(n_participants=16, n_wrong=8, n_right=8)
    later = trials["item"].astype(str).str[-1].astype(int) % 2 == 1
    trials = trials.assign(
        condition=pd.Categorical(np.where(later, "pv", "gradcam")),
        block=np.where(later, "part_2", "part_1"),
    )
    study = from_frames("A crossover", people, trials)
    design = Design(shared=("gradcam", "pv"), blocks=("part_1", "part_2"))
    return analyse(replace(study, design=design))


def test_answers_of_the_same_participants_are_compared_as_pairs(results):
    rows = [row for row in results_json(results)["cant_tell"] if row["treatment"] == "wrong"]
    assert {row["stratum"] for row in rows} == {"model_wrong", "model_right"}
    for row in rows:
        a, b = paired_scores(results.study.scores, "gradcam", "pv", row["stratum"])
        assert row["n_a"] == row["n_b"] == 16
        assert row["difference"] == pytest.approx(np.mean(a - b))
        assert row["p_value"] == pytest.approx(signed_ranks(a, b).pvalue)
    [table] = [table for table in results.tables if table.name == "table_cant_tell"]
    assert "Wilcoxon" in table.note
    assert "Mann–Whitney" not in table.note


def test_the_interaction_is_that_of_the_participants_own_differences(results):
    [row] = results_json(results)["interaction"]
    wrong, right = (
        np.subtract(*paired_scores(results.study.scores, "gradcam", "pv", stratum))
        for stratum in ("model_wrong", "model_right")
    )
    assert row["difference"] == pytest.approx(np.mean(wrong - right))
    assert row["ci_low"] < row["difference"] < row["ci_high"]


def test_the_head_says_what_applies_to_images_like_these(results):
    numbers = results_json(results)
    model = numbers["mixed_model"]
    assert "(0 + stratum | participant:condition)" in model["formula"]
    effects = {(row["stratum"], row["condition_a"]): row for row in model["effects"]}
    paired = {(row["stratum"], row["condition_a"]): row for row in numbers["paired_bootstrap"]}
    rows = [row for row in numbers["headline"] if row["stratum"] != INTERACTION]
    assert len(rows) == 2
    for row in rows:
        own = effects[row["stratum"], row["condition_a"]]
        width = own["points_ci_high"] - own["points_ci_low"]
        if width < row["ci_high"] - row["ci_low"]:
            drawn = paired[row["stratum"], row["condition_a"]]
            assert row["like_method"] == "two-way bootstrap"
            assert row["like_ci_low"] == drawn["both_ci_low"]
        else:
            assert row["like_method"] == "mixed model"
            assert row["like_ci_low"] == pytest.approx(own["points_ci_low"])
    assert {row["like_method"] for row in rows} >= {"mixed model"}
    interaction = paired.pop((INTERACTION, "gradcam"))
    assert (interaction["n_participants"], interaction["n_items"]) == (16, 16)
    assert interaction["difference"] == pytest.approx(numbers["interaction"][0]["difference"])
    for row in paired.values():
        assert (row["n_participants"], row["n_items"]) == (16, 8)
        a, b = paired_scores(results.study.scores, "gradcam", "pv", row["stratum"])
        assert row["difference"] == pytest.approx(np.mean(a - b))
    html = render_report(results)
    assert "apply to the images of the study; the table with other images and the mixed" in html
    [table] = results.sections[0].tables
    assert "Images like these (95 % CI)" in table.header
    assert [row[2] for row in table.rows] == ["16", "16", "16"]


def test_further_answers_to_an_image_are_counted_and_said(results):
    assert "further answers to an image" not in render_report(results)
    people, trials = make_frames(n_participants=16, n_wrong=8, n_right=8)
    first = trials.assign(condition=pd.Categorical(["gradcam"] * len(trials)), block="part_1")
    again = trials.assign(
        condition=pd.Categorical(["pv"] * len(trials)),
        block="part_2",
        trial_index=trials["trial_index"] + 16,
    )
    both = pd.concat([first, again], ignore_index=True)
    both["condition"] = both["condition"].astype("category")
    design = Design(shared=("gradcam", "pv"), blocks=("part_1", "part_2"))
    study = replace(from_frames("Twice", people, both), design=design)
    assert "256 of 512 answers are a participant’s further answers" in render_report(analyse(study))


def test_orders_are_compared_where_both_were_seen(results):
    numbers = results_json(results)
    assert "order_effect" not in numbers
    people, trials = make_frames(n_participants=16, n_wrong=8, n_right=8)
    later = trials["item"].astype(str).str[-1].astype(int) % 2 == 1
    turned = trials["participant_id"].astype(str).str[-1].astype(int) % 2 == 1
    trials = trials.assign(
        condition=pd.Categorical(np.where(later ^ turned, "pv", "gradcam")),
        block=np.where(later, "part_2", "part_1"),
    )
    design = Design(shared=("gradcam", "pv"), blocks=("part_1", "part_2"))
    study = replace(from_frames("A crossover", people, trials), design=design)
    found = analyse(study)
    rows = results_json(found)["order_effect"]
    assert [row["stratum"] for row in rows] == ["model_wrong", "model_right", "all"]
    assert all((row["n_first"], row["n_second"]) == (8, 8) for row in rows)
    assert (rows[2]["first"], rows[2]["second"]) == ("gradcam", "pv")
    adjusted = results_json(found)["adjusted"]
    assert [row["stratum"] for row in adjusted] == [row["stratum"] for row in rows]
    for row in adjusted[:2]:
        a, b = paired_scores(study.scores, "gradcam", "pv", row["stratum"])
        # Both orders have eight participants.
        assert row["difference"] == pytest.approx(np.mean(a - b))


def test_the_flow_is_of_groups_where_participants_see_several_conditions(results):
    tables = {table.name: table for table in results.tables}
    assert [row[0] for row in tables["table_flow"].rows][2] == "Assigned to a group"
    html = render_report(results)
    assert "Of those assigned to a group, 8 of 8 finished" in html
    assert "Differential attrition cannot be tested: no participant dropped out." in html
    assert "all seen by each participant" in html
    people, trials = make_frames(n_participants=16)
    between = {table.name: table for table in analyse(from_frames("x", people, trials)).tables}
    assert [row[0] for row in between["table_flow"].rows][2] == "Assigned to a condition"


def test_the_tests_say_how_many_participants_differ(results):
    [table] = [table for table in results.tables if table.name == "table_paired_tests"]
    place = table.header.index("Differ")
    for row, own in zip(table.rows, table.numbers.to_dict("records"), strict=True):
        a, b = paired_scores(
            results.study.scores, own["condition_a"], own["condition_b"], own["stratum"]
        )
        assert row[place] == str(int((a != b).sum()))


def test_blocks_say_how_often_the_model_was_wrong(results):
    rows = results_json(results)["blocks"]
    trials = results.study.trials
    for row in rows:
        own = trials[(trials["block"] == row["block"]) & trials["correct"].notna()]
        assert row["model_wrong"] == pytest.approx((own["stratum"] == "model_wrong").mean())


def test_few_questions_are_said_in_tens_and_few_images_are_said_to_be_few(results):
    first = results.findings[0]
    assert "of every 10" in first
    [table] = [table for table in results.tables if table.name == "table_paired_bootstrap"]
    assert "So few images say little" in table.note


def test_counts_out_of_different_numbers_of_questions_are_said_to_be_so(results):
    def caption(study):
        [figure] = [each for each in analyse(study).figures if each.name == "figure_scores"]
        return figure.caption

    study = results.study
    assert "fewer of these questions" not in caption(study)
    first = study.trials["trial_index"] == 1
    trials = study.trials.assign(correct=study.trials["correct"].where(~first))
    fewer = replace(study, trials=trials, scores=score_trials(trials))
    assert "fewer predictions may mean fewer questions" in caption(fewer)
