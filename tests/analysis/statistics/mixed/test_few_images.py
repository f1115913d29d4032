"""Intervals of the mixed model where few images show how much they vary."""

import numpy as np
import pytest
from scipy import stats

from analysis.calibration.random_images import World
from analysis.statistics.mixed.cells import count_cells
from analysis.statistics.mixed.few_images import ErrorModel, fixed_information
from analysis.statistics.mixed.fit import fit_cells
from analysis.statistics.mixed.model import mixed_model


@pytest.fixture(scope="module")
def trials():
    return World(sd=1.5).study(np.random.default_rng(5))


def test_where_images_differ_most_the_degrees_of_freedom_are_those_of_the_images(trials):
    # 30 images in 2 strata and 2 conditions: (30 - 2) x (2 - 1).
    for effect in mixed_model(trials).effects:
        assert effect.df == pytest.approx(28, rel=0.15)


def test_the_variance_grows_by_the_images_that_the_fixed_effects_use_up(trials):
    data = count_cells(trials)
    errors = ErrorModel(data, fit_cells(data))
    contrast = np.array([0.0, 1.0, 0.0, 1.0])
    assert errors.precision(contrast).inflation ** 2 == pytest.approx(30 / 28, rel=0.02)


def test_without_differences_between_images_the_participants_count():
    trials = World(sd=0.0).study(np.random.default_rng(3))
    model = mixed_model(trials)
    variances = model.variances.set_index("effect")["variance"]
    assert variances["item:condition"] == 0
    assert all(effect.df > 60 for effect in model.effects)


def test_without_any_variance_the_interval_is_the_normal_one():
    trials = World(sd=0.0).study(np.random.default_rng(3))
    random = np.random.default_rng(1)
    trials["correct"] = random.permutation(trials["correct"].to_numpy())
    data = count_cells(trials)
    fit = fit_cells(data)
    known = np.zeros_like(fit.parameters)
    fit = type(fit)(fit.beta, known, fit.covariance * 0, fit.log_likelihood, converged=True)
    found = ErrorModel(data, fit).precision(np.array([0.0, 1.0, 0.0, 0.0]))
    assert found.inflation == 1
    assert found.df == np.inf
    assert stats.t.ppf(0.975, found.df) == pytest.approx(stats.norm.ppf(0.975))


def test_the_information_on_fixed_effects_is_the_linear_models(trials):
    data = count_cells(trials)
    fit = fit_cells(data)
    errors = ErrorModel(data, fit)
    own, slopes = fixed_information(data, errors.mode, fit.parameters)
    # Person by person with the whole covariance matrix of all answers.
    weights = np.concatenate([part.weights.ravel() for part in errors.mode.parts])
    rows = np.concatenate([np.tile(block.cells, len(block.right)) for block in data.blocks])
    people = np.repeat(np.arange(data.n_participants), 30)
    z, x = data.random[rows], data.fixed[rows]
    effects = np.concatenate(
        [
            np.tile(block.effects[block.design.argmax(axis=1)], len(block.right))
            for block in data.blocks
        ]
    )
    same = people[:, None] == people

    def linear(parameters):
        covariance = np.diag(1 / weights) + (z * parameters[data.group]) @ z.T
        sums = data.people.covariance(parameters)
        covariance += sums[effects[:, None], effects] * same
        return x.T @ np.linalg.solve(covariance, x)

    assert own == pytest.approx(linear(fit.parameters), rel=1e-8, abs=1e-8)
    for place, slope in enumerate(slopes):
        step = np.zeros(len(slopes))
        step[place] = 1e-5
        quotient = (linear(fit.parameters + step) - linear(fit.parameters - step)) / 2e-5
        assert slope == pytest.approx(quotient, rel=1e-5, abs=1e-5)


def test_points_and_odds_exclude_zero_together():
    together = 0
    for seed in range(12):
        study = World(sd=0.6, effect=0.5).study(np.random.default_rng(seed))
        for effect in mixed_model(study).effects:
            of_odds = effect.odds_ratio.ci_low > 1 or effect.odds_ratio.ci_high < 1
            of_points = effect.points.ci_low > 0 or effect.points.ci_high < 0
            assert of_odds == of_points == (effect.pvalue < 0.05)
            assert effect.points.ci_low < effect.points.estimate < effect.points.ci_high
            together += of_odds
    assert 0 < together < 24
