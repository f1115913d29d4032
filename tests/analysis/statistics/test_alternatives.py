"""An unknown name is refused with all that are known, and never taken for something else."""

from typing import Any

import numpy as np
import pytest

from analysis.data.scores import scores_of
from analysis.plan.exclusions import Exclusions, apply_rules
from analysis.statistics.answers.response_times import participant_medians, time_scores
from analysis.statistics.descriptives import score_histogram
from analysis.statistics.means.bootstrap import two_way_bootstrap
from analysis.statistics.means.gee import condition_effect, pooled_comparison
from analysis.statistics.means.mean_tests import welch
from analysis.statistics.means.permutation import permutation_test
from analysis.statistics.ranks.exact_ranks import exact_p_value
from analysis.statistics.ranks.mann_whitney import mann_whitney, normal_p_value

A, B = np.array([0.1, 0.2, 0.4]), np.array([0.3, 0.5, 0.6, 0.9])
UNKNOWN: Any = "lower"
SIDES = "alternative must be one of two-sided, less, greater, but is 'lower'"


@pytest.mark.parametrize(
    "call",
    [
        lambda: mann_whitney(A, B, UNKNOWN),
        lambda: mann_whitney(np.array([]), B, UNKNOWN),
        lambda: exact_p_value(A, B, UNKNOWN),
        lambda: normal_p_value(0.5, UNKNOWN),
        lambda: normal_p_value(float("nan"), UNKNOWN),
        lambda: welch(A, B, UNKNOWN),
        lambda: permutation_test(A, B, UNKNOWN),
    ],
)
def test_an_unknown_alternative_is_refused(call):
    with pytest.raises(ValueError, match=SIDES):
        call()


def test_an_unknown_method_is_refused_instead_of_approximated():
    message = "method must be one of auto, exact, mid-p, asymptotic, but is 'lower'"
    with pytest.raises(ValueError, match=message):
        mann_whitney(A, B, method=UNKNOWN)


def test_an_unknown_rule_is_refused(frames):
    rules = "rule must be one of too_fast, same_position, cant_tell, failed_checks, but is"
    people, trials = frames(n_participants=4)
    with pytest.raises(ValueError, match=rules):
        apply_rules(trials, people, Exclusions(rules=("slow",)))


@pytest.mark.parametrize(
    "call",
    [
        lambda scores, trials: scores_of(scores, "gradcam", "wrong"),
        lambda scores, trials: score_histogram(scores, "wrong"),
        lambda scores, trials: time_scores(participant_medians(trials, ["stratum"]), "wrong", "pv"),
    ],
)
def test_an_unknown_stratum_is_refused(published, frames, call):
    message = "stratum must be one of model_wrong, model_right, all, but is 'wrong'"
    with pytest.raises(ValueError, match=message):
        call(published, frames(n_participants=4)[1])


@pytest.mark.parametrize(
    "call",
    [
        lambda scores, trials: scores_of(scores, "grad-cam", "all"),
        lambda scores, trials: time_scores(
            participant_medians(trials, ["stratum"]), "all", "grad-cam"
        ),
        lambda scores, trials: condition_effect(trials, "pv", "grad-cam"),
        lambda scores, trials: pooled_comparison(trials, "pv", "grad-cam"),
        lambda scores, trials: two_way_bootstrap(trials, "grad-cam", "pv"),
    ],
)
def test_an_unknown_condition_is_refused(published, frames, call):
    message = "condition must be one of gradcam, pv, but is 'grad-cam'"
    with pytest.raises(ValueError, match=message):
        call(published, frames(n_participants=4)[1])
