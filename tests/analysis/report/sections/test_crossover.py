"""The report of a study in which everybody sees both conditions."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from analysis.data.designs import Design
from analysis.data.scores import paired_scores
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
    rows = [row for row in numbers["headline"] if row["stratum"] != "Wrong minus right"]
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
    for row in paired.values():
        assert (row["n_participants"], row["n_items"]) == (16, 8)
        a, b = paired_scores(results.study.scores, "gradcam", "pv", row["stratum"])
        assert row["difference"] == pytest.approx(np.mean(a - b))
    html = render_report(results)
    assert "apply to the images of the study; the table with other images and the mixed" in html
    [table] = results.sections[0].tables
    assert "Images like these (95 % CI)" in table.header
    assert [row[2] for row in table.rows] == ["16", "16", "–"]


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
    rows = results_json(analyse(study))["order_effect"]
    assert [row["stratum"] for row in rows] == ["model_wrong", "model_right", "all"]
    assert all((row["n_first"], row["n_second"]) == (8, 8) for row in rows)
    assert (rows[2]["first"], rows[2]["second"]) == ("gradcam", "pv")
