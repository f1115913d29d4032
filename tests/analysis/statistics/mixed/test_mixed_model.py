"""The logistic mixed model: its likelihood, its boundary, what it refuses."""

import numpy as np
import pandas as pd
import pytest
from scipy.special import expit

from analysis.statistics.mixed.cells import count_cells
from analysis.statistics.mixed.gradient import gradient
from analysis.statistics.mixed.laplace import evaluate, find_mode
from analysis.statistics.mixed.model import mixed_model
from analysis.statistics.mixed.simulated_answers import Images, as_trials


def make_trials(
    n_participants=60,
    n_items=16,
    deviations=(0.8, 0.7, 0.5),
    conditions=("gradcam", "pv"),
    seed=1,
    correlation=1.0,
):
    """Answers from the model itself, half of the items where it was wrong.

    A participant's abilities in the two strata have this correlation.
    """
    random = np.random.default_rng(seed)
    person = np.repeat(np.arange(n_participants), n_items)
    item = np.tile(np.arange(n_items), n_participants)
    condition = person % len(conditions)
    wrong = item < n_items // 2
    logit = (
        np.where(wrong, -1.5 + 0.8 * condition, 1.6 - 0.4 * condition)
        + _abilities(random, n_participants, deviations[0], correlation)[wrong.astype(int), person]
        + random.normal(0, deviations[1], n_items)[item]
        + random.normal(0, deviations[2], (n_items, len(conditions)))[item, condition]
    )
    return pd.DataFrame(
        {
            "participant_id": np.char.add("p", person.astype(str)),
            "item": np.char.add("i", item.astype(str)),
            "condition": np.array(conditions)[condition],
            "stratum": np.where(wrong, "model_wrong", "model_right"),
            "correct": (random.random(len(logit)) < expit(logit)).astype(float),
        }
    )


def _abilities(random, n, deviation, correlation):
    """Of each participant where the model was right and where it was wrong."""
    own = random.normal(0, deviation, n)
    if correlation == 1:
        return np.array([own, own])
    rest = random.normal(0, deviation * np.sqrt(1 - correlation**2), n)
    return np.array([own, correlation * own + rest])


@pytest.mark.parametrize(
    "variances",
    [
        (0.5, -0.2, 0.3, 0.4, 0.2),
        (0.5, 0.2, 0.4, 0.4, 0.0),
        (0.0, 0.0, 0.0, 0.3, 0.1),
        (0.4, 0.2, 0.1, 0.3, 0.1),
    ],
)
def test_the_gradient_is_the_slope_of_the_likelihood_also_at_the_boundary(variances):
    data = count_cells(make_trials(n_participants=30, n_items=8))
    x = np.array([1.0, 0.3, -2.0, 0.5, *variances])
    assert len(x) == 4 + len(data.parameters)

    def value(place):
        return find_mode(data, place[:4], place[4:]).value

    found = gradient(data, find_mode(data, x[:4], x[4:]))
    for place, slope in enumerate(found):
        step = np.zeros(len(x))
        step[place] = 1e-5
        if place > 3 and x[place] == 0 and data.parameters[place - 4].is_variance:
            ahead = -3 * value(x) + 4 * value(x + step) - value(x + 2 * step)
        else:
            ahead = value(x + step) - value(x - step)
        assert slope == pytest.approx(ahead / 2e-5, rel=1e-4, abs=1e-4)


def test_without_random_effects_the_likelihood_is_that_of_independent_answers():
    trials = make_trials(n_participants=20, n_items=6)
    data = count_cells(trials)
    beta = np.array([1.0, -0.5, -2.0, 0.7])
    wrong, pv = trials["stratum"] == "model_wrong", trials["condition"] == "pv"
    p = expit(1 - 0.5 * pv - 2 * wrong + 0.7 * (wrong & pv))
    correct = trials["correct"]
    expected = (correct * np.log(p) + (1 - correct) * np.log(1 - p)).sum()
    assert find_mode(data, beta, np.zeros(5)).value == pytest.approx(expected)


def test_participants_in_blocks_of_any_size_give_the_same_fit(monkeypatch):
    trials = make_trials()
    whole = mixed_model(trials)
    monkeypatch.setattr("analysis.statistics.mixed.people.PORTION", 64)
    assert mixed_model(trials).log_likelihood == pytest.approx(whole.log_likelihood, abs=1e-8)


def test_a_start_from_a_part_of_many_participants_leads_to_the_same_fit(monkeypatch):
    trials = make_trials(n_participants=150)
    whole = mixed_model(trials)
    monkeypatch.setattr("analysis.statistics.mixed.fit.PORTION", 40)
    again = mixed_model(trials)
    assert again.log_likelihood == pytest.approx(whole.log_likelihood, abs=1e-8)
    assert again.fixed["estimate"].to_numpy() == pytest.approx(
        whole.fixed["estimate"].to_numpy(), abs=1e-6
    )


def test_the_order_of_rows_and_unanswered_trials_change_nothing():
    trials = make_trials(n_participants=30)
    found = mixed_model(trials)
    more = pd.concat([trials, trials.iloc[:9].assign(correct=np.nan)])
    assert mixed_model(more.sample(frac=1, random_state=2)).log_likelihood == pytest.approx(
        found.log_likelihood, abs=1e-8
    )


def test_the_interaction_is_the_ratio_of_the_two_odds_ratios():
    found = mixed_model(make_trials(n_participants=120))
    effects = {effect.stratum: effect for effect in found.effects}
    [both] = found.interactions
    wrong, right = effects["model_wrong"], effects["model_right"]
    assert both.odds_ratio.estimate == pytest.approx(
        wrong.odds_ratio.estimate / right.odds_ratio.estimate
    )
    assert both.points.estimate == pytest.approx(wrong.points.estimate - right.points.estimate)
    assert wrong.odds_ratio.estimate < 1 < right.odds_ratio.estimate
    # R's term is pv against gradcam; the pair is named the other way round.
    term = found.fixed.set_index("term").loc["conditionpv:stratummodel_wrong"]
    assert np.log(both.odds_ratio.estimate) == pytest.approx(-term["estimate"])
    # lme4's p takes the variances as known.
    assert both.pvalue > term["p_value"]


def test_points_are_differences_of_probabilities_averaged_over_the_random_effects():
    found = mixed_model(make_trials(n_participants=120))
    beta = found.fixed.set_index("term")["estimate"]
    own = found.variances[found.variances["stratum"] != "model_wrong"]["variance"]
    draws = np.random.default_rng(1).normal(0, np.sqrt(own.sum()), 1_000_000)
    gradcam = expit(beta["(Intercept)"] + draws).mean()
    pv = expit(beta["(Intercept)"] + beta["conditionpv"] + draws).mean()
    [right] = [effect for effect in found.effects if effect.stratum == "model_right"]
    assert right.points.estimate == pytest.approx(gradcam - pv, abs=5e-4)


def test_a_variance_at_the_boundary_is_zero_and_said_in_words():
    trials = make_trials(40, 12, deviations=(0.0, 0.9, 0.0), seed=5)
    found = mixed_model(trials)
    variances = found.variances.set_index(["effect", "stratum"])["variance"]
    assert variances["item:condition", ""] == 0
    assert any("same for all images" in remark for remark in found.remarks)
    assert variances["participant", "model_wrong"] == variances["participant", "model_right"] == 0
    assert any(remark.startswith("Where the model was wrong, part") for remark in found.remarks)
    assert found.converged


def test_abilities_that_go_together_have_a_correlation_of_one_that_is_said_in_words():
    found = mixed_model(make_trials(seed=1))
    [row] = found.correlations.to_dict("records")
    assert row["at_boundary"]
    assert row["correlation"] == 1
    assert any("exactly as much better" in remark for remark in found.remarks)
    assert found.converged


@pytest.mark.parametrize("correlation", [-0.6, 0.0, 0.6])
def test_abilities_in_two_strata_have_the_correlation_that_they_were_drawn_with(correlation):
    found = mixed_model(make_trials(400, 30, correlation=correlation))
    [row] = found.correlations.to_dict("records")
    assert (row["stratum_a"], row["stratum_b"]) == ("model_right", "model_wrong")
    assert row["correlation"] == pytest.approx(correlation, abs=0.2)
    abilities = found.variances.query("effect == 'participant'")
    assert list(abilities["stratum"]) == ["model_right", "model_wrong"]
    assert abilities["standard_deviation"].to_numpy() == pytest.approx([0.8, 0.8], abs=0.2)
    assert not row["at_boundary"]


def test_who_is_better_in_one_stratum_may_be_worse_in_the_other():
    found = mixed_model(make_trials(40, 8, (1.0, 0.5, 0.3), correlation=-1))
    [row] = found.correlations.to_dict("records")
    assert row["correlation"] == -1
    assert any("exactly as much worse" in remark for remark in found.remarks)


def test_one_stratum_has_one_ability():
    trials = make_trials()
    found = mixed_model(trials[trials["stratum"] == "model_wrong"])
    assert list(found.variances["effect"]) == ["participant", "item", "item:condition"]
    assert found.correlations.empty
    assert found.interactions == ()


def test_the_planted_effects_lie_in_nearly_all_intervals():
    inside = 0
    for seed in range(20):
        found = mixed_model(make_trials(n_participants=60, n_items=30, seed=seed))
        [both] = found.interactions
        inside += both.odds_ratio.ci_low <= np.exp(-1.2) <= both.odds_ratio.ci_high
    assert inside >= 17


def test_three_conditions_are_compared_in_pairs():
    found = mixed_model(make_trials(n_participants=90, conditions=("gradcam", "none", "pv")))
    pairs = [(effect.condition_a, effect.condition_b) for effect in found.interactions]
    assert pairs == [("gradcam", "none"), ("gradcam", "pv"), ("none", "pv")]
    assert len(found.effects) == 6
    assert len(found.fixed) == 6


def test_a_condition_of_which_each_person_sees_both_is_fitted_too():
    trials = make_trials(n_participants=40)
    random = np.random.default_rng(2)
    trials["condition"] = random.choice(["gradcam", "pv"], len(trials))
    found = mixed_model(trials)
    assert found.converged
    assert {"participant", "participant:condition"} < set(found.variances["effect"])


def test_a_search_that_ends_early_beside_a_boundary_goes_on(monkeypatch):
    trials = make_trials(n_participants=30, correlation=-0.6)
    whole = mixed_model(trials)
    # As if each search ended after three steps.
    monkeypatch.setattr("analysis.statistics.mixed.fit.MOST_ITERATIONS", 3)
    monkeypatch.setattr("analysis.statistics.mixed.fit.MOST_SEARCHES", 20)
    again = mixed_model(trials)
    assert again.converged
    assert again.log_likelihood == pytest.approx(whole.log_likelihood, abs=1e-8)


@pytest.mark.parametrize("seed", [0, 4])
def test_a_study_of_many_participants_has_a_maximum_however_exact_its_likelihood_is(seed):
    random = np.random.default_rng(seed)
    people = random.normal(0, 0.7, (2, 200))
    answers = Images(14, 0.7, 0.5).draw_answers(random, np.array([-1.0, -0.5]), people)
    assert mixed_model(as_trials({"model_wrong": answers})).converged


def test_one_condition_leaves_its_terms_out():
    found = mixed_model(make_trials(conditions=("pv",)))
    assert list(found.variances["effect"]) == ["participant", "participant", "item"]
    assert list(found.fixed["term"]) == ["(Intercept)", "stratummodel_wrong"]
    assert found.effects == found.interactions == ()


@pytest.mark.parametrize(
    ("answer", "named"), [(1.0, "no wrong answer"), (0.0, "no correct answer")]
)
def test_a_condition_in_which_all_answers_are_alike_is_refused(answer, named):
    trials = make_trials()
    own = (trials["condition"] == "pv") & (trials["stratum"] == "model_right")
    with pytest.raises(ValueError, match=rf"'pv' has {named} in the stratum 'model_right'"):
        mixed_model(trials.assign(correct=trials["correct"].where(~own, answer)))


def test_an_item_in_two_strata_is_refused():
    trials = make_trials()
    trials.loc[trials.index[0], "stratum"] = "model_right"
    with pytest.raises(ValueError, match="the item 'i0' is in two strata"):
        mixed_model(trials)


def test_data_without_two_participants_and_two_items_are_refused():
    trials = make_trials()
    with pytest.raises(ValueError, match="at least two participants"):
        mixed_model(trials[trials["item"] == "i0"])
    with pytest.raises(ValueError, match="at least two participants"):
        mixed_model(trials.iloc[:0])


def test_odds_that_no_number_holds_leave_the_likelihood_finite():
    data = count_cells(make_trials())
    people = [np.zeros((len(block.effects), len(block.right))) for block in data.blocks]
    cells = np.zeros(data.random.shape[1])
    n = data.fixed.shape[1]
    for level in (-900.0, 900.0):
        beta = np.zeros(n)
        beta[0] = level
        here = evaluate(data, beta, np.full(len(data.parameters), 0.1), people, cells)
        assert np.isfinite(here.value)
        assert here.value < -1_000
        assert all(np.isfinite(part.weights).all() for part in here.parts)


def test_weights_keep_their_digits_where_answers_are_nearly_certain():
    data = count_cells(make_trials())
    people = [np.zeros((len(block.effects), len(block.right))) for block in data.blocks]
    beta = np.zeros(data.fixed.shape[1])
    for level in (-30.0, 30.0):
        beta[0] = level
        own = np.zeros(len(data.parameters))
        here = evaluate(data, beta, own, people, np.zeros(data.random.shape[1]))
        [weights] = {float(w) for part in here.parts for w in part.weights[part.weights > 0]}
        assert weights == pytest.approx(np.exp(-30) / (1 + np.exp(-30)) ** 2, rel=1e-12)
