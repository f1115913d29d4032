"""The published study, recomputed from its 98 participants' scores."""

import numpy as np
import pytest

from analysis.data.published import N_PARTICIPANTS, PRINTED_ACCURACY
from analysis.data.scores import scores_of
from analysis.statistics.descriptives import accuracy_table, score_histogram
from analysis.statistics.ranks.mann_whitney import mann_whitney


def test_it_has_the_participants_that_the_paper_counts(published):
    counted = published[published["stratum"] == "all"].groupby("condition").size()
    assert counted.to_dict() == N_PARTICIPANTS


@pytest.mark.parametrize("row", PRINTED_ACCURACY.to_dict("records"), ids=str)
def test_it_gives_the_papers_table_to_the_last_printed_digit(published, row):
    table = accuracy_table(published).set_index(["condition", "stratum"])
    found = table.loc[(row["condition"], row["stratum"])]
    assert round(100 * found["mean"], 1) == row["mean"]
    assert round(100 * found["standard_error"], 1) == row["standard_error"]


@pytest.mark.parametrize(
    ("stratum", "alternative", "z"),
    [("model_wrong", "less", -6.41), ("model_right", "greater", 6.46)],
)
def test_it_finds_the_z_of_the_released_scores_and_not_the_printed_one(
    published, stratum, alternative, z
):
    a, b = (scores_of(published, name, stratum).to_numpy() for name in ("gradcam", "pv"))
    for continuity in (True, False):
        found = mann_whitney(a, b, alternative, continuity=continuity)
        assert round(found.z, 2) == z
    assert found.pvalue < 1e-10


def test_it_counts_each_participant_once_in_each_histogram(published):
    for stratum, longest in (("model_wrong", 14), ("model_right", 16)):
        counts = score_histogram(published, stratum)
        assert counts.index.tolist() == list(range(longest + 1))
        assert counts.sum().to_dict() == N_PARTICIPANTS
    # Twenty-five people with Grad-CAM never guessed a wrong prediction.
    assert score_histogram(published, "model_wrong").loc[0, "gradcam"] == 25


def test_a_single_participant_has_a_mean_but_no_error(published):
    one = published[published["participant_id"] == "pv-01"]
    row = accuracy_table(one).set_index("stratum").loc["model_wrong"]
    assert row["mean"] == pytest.approx(10 / 14)
    assert np.isnan(row["standard_error"])
