"""How often each 95 % interval covers the truth, with known truths."""

import numpy as np
import pandas as pd
from scipy import optimize, stats
from scipy.special import expit, logit
from statsmodels.stats.proportion import proportion_confint

from analysis.calibration.populations import (
    N_A,
    N_B,
    N_SMALL,
    RATE_COLUMNS,
    Population,
    answered_trials,
    leavers,
)
from analysis.calibration.type_one_errors import LEAVING, TRIALS
from analysis.statistics.answers.reliability import jackknife_interval, krippendorff_alpha
from analysis.statistics.attrition import kaplan_meier
from analysis.statistics.choices.shares import share_with_interval
from analysis.statistics.means.bootstrap import resample_intervals
from analysis.statistics.means.gee import effect_of_counts
from analysis.statistics.means.mean_tests import mean_difference
from analysis.statistics.means.resamples import of_groups
from analysis.statistics.progress.learning import learning_slopes
from analysis.statistics.ranks.effect_sizes import cliffs_delta
from analysis.statistics.ranks.shifts import hodges_lehmann

Ends = tuple[float, float]
# Of participants and of images, in logits of a correct answer.
ABLE, EASY, FAVOURED = 0.7, 0.7, 0.5
N_ITEMS = 14
SHIFT = 0.3


def _covers(ends: Ends, truth: float) -> bool:
    """An end that equals the truth up to rounding covers it."""
    return bool(ends[0] - 1e-12 <= truth <= ends[1] + 1e-12)


def _rates(covered: dict[str, int], population: str, simulations: int) -> pd.DataFrame:
    rows = [(name, population, count / simulations, simulations) for name, count in covered.items()]
    return pd.DataFrame(rows, columns=list(RATE_COLUMNS))


def score_coverage(a: Population, b: Population, simulations: int, seed: int) -> pd.DataFrame:
    """Intervals of participants' scores: means, their difference, delta, shift.

    The truths are those of the two populations.
    """
    truth = {
        "mean of a": float(a.scores.mean()),
        "mean of b": float(b.scores.mean()),
        "difference of means": float(a.scores.mean() - b.scores.mean()),
        "Cliff's delta": cliffs_delta(a.scores, b.scores).delta.estimate,
        "Hodges-Lehmann shift, tied scores": hodges_lehmann(a.scores, b.scores).estimate,
    }
    covered = dict.fromkeys(truth, 0)
    random = np.random.default_rng([seed, 7])
    for _ in range(simulations):
        x, y = random.choice(a.scores, N_A), random.choice(b.scores, N_B)
        for name, ends in _score_intervals(x, y).items():
            covered[name] += _covers(ends, truth[name])
    return _rates(covered, f"{a.name} against {b.name}", simulations)


def _score_intervals(x: np.ndarray, y: np.ndarray) -> dict[str, Ends]:
    means = [share_with_interval(group) for group in (x, y)]
    difference, shift = mean_difference(x, y), hodges_lehmann(x, y)
    delta = cliffs_delta(x, y).delta
    return {
        "mean of a": (means[0]["ci_low"], means[0]["ci_high"]),
        "mean of b": (means[1]["ci_low"], means[1]["ci_high"]),
        "difference of means": (difference.ci_low, difference.ci_high),
        "Cliff's delta": (delta.ci_low, delta.ci_high),
        "Hodges-Lehmann shift, tied scores": (shift.ci_low, shift.ci_high),
    }


def shift_coverage(populations: list[Population], simulations: int, seed: int) -> pd.DataFrame:
    """The Hodges-Lehmann interval under its assumptions: no ties, groups that differ by a shift.

    Ties are removed by spreading each real score evenly over the step to the next one.
    """
    found = []
    for number, population in enumerate(populations):
        random = np.random.default_rng([seed, 9, number])
        covered = 0
        for _ in range(simulations):
            shift = hodges_lehmann(
                _spread_out(random, population, N_A) + SHIFT, _spread_out(random, population, N_B)
            )
            covered += _covers((shift.ci_low, shift.ci_high), SHIFT)
        found.append(
            _rates({"Hodges-Lehmann shift, no ties": covered}, population.name, simulations)
        )
    return pd.concat(found, ignore_index=True)


def unlike_shift_coverage(
    a: Population, b: Population, simulations: int, seed: int
) -> pd.DataFrame:
    """The same for populations of different shapes, whose median difference is the truth."""
    random = np.random.default_rng([seed, 15])
    truth, covered = _median_difference(a, b), 0
    for _ in range(simulations):
        shift = hodges_lehmann(_spread_out(random, a, N_A), _spread_out(random, b, N_B))
        covered += _covers((shift.ci_low, shift.ci_high), truth)
    name = "Hodges-Lehmann shift, no ties, unlike shapes"
    return _rates({name: covered}, f"{a.name} against {b.name}", simulations)


def _spread_out(random: np.random.Generator, population: Population, n: int) -> np.ndarray:
    steps: np.ndarray = random.choice(population.n_correct, n) + random.uniform(-0.5, 0.5, n)
    return steps / population.n_items


def _median_difference(a: Population, b: Population) -> float:
    """Of spread-out scores of two populations with the same number of items."""
    steps = np.subtract.outer(a.n_correct, b.n_correct).ravel()

    def excess(x: float) -> float:
        """The difference of two uniform spreads is triangular around that of the steps."""
        return float(stats.triang.cdf(x - steps, 0.5, -1, 2).mean()) - 0.5

    return float(optimize.brentq(excess, steps.min() - 1, steps.max() + 1)) / a.n_items


def odds_coverage(a: Population, b: Population, simulations: int, seed: int) -> pd.DataFrame:
    """The GEE's odds ratio of two populations with the same number of items."""
    odds = [population.scores.mean() / (1 - population.scores.mean()) for population in (a, b)]
    covered = {}
    for number, (name, (n_a, n_b)) in enumerate(ODDS_SIZES.items()):
        asked, is_a = np.full(n_a + n_b, float(a.n_items)), np.arange(n_a + n_b) < n_a
        random = np.random.default_rng([seed, 10, number])
        covered[name] = 0
        for _ in range(simulations):
            right = [random.choice(a.n_correct, n_a), random.choice(b.n_correct, n_b)]
            found = effect_of_counts(np.concatenate(right).astype(float), asked, is_a).odds_ratio
            covered[name] += _covers((found.ci_low, found.ci_high), odds[0] / odds[1])
    return _rates(covered, f"{a.name} against {b.name}", simulations)


ODDS_SIZES = {"odds ratio (GEE)": (N_A, N_B), "odds ratio (GEE), n = 12": (N_SMALL, N_SMALL)}


def slope_coverage(population: Population, simulations: int, seed: int) -> pd.DataFrame:
    """The slope over the sequence, in random orders: no participant gets better."""
    covered = 0
    random = np.random.default_rng([seed, 14])
    places = np.tile(np.arange(1, population.n_items + 1), (N_A, 1))
    for _ in range(simulations):
        trials = answered_trials(random.choice(population.n_correct, N_A), population.n_items)
        trials["trial_index"] = random.permuted(places, axis=1).ravel()
        slope = learning_slopes(trials).iloc[0]
        covered += _covers((slope["ci_low"], slope["ci_high"]), 0.0)
    return _rates({"slope over the trials": covered}, population.name, simulations)


def proportion_coverage(
    populations: list[Population], simulations: int, seed: int, n: int = 49
) -> pd.DataFrame:
    """Wilson's interval of the share of n participants who name the prediction of an image.

    Once for images whose logits vary by one unit around a population's mean, and once for images
    that all have that mean.
    """
    random = np.random.default_rng([seed, 11])
    found = []
    for population in populations:
        mean = float(population.scores.mean())
        chances = {
            "share of an image (Wilson)": expit(logit(mean) + random.normal(0, 1, simulations)),
            "share of an image (Wilson), one chance": np.full(simulations, mean),
        }
        covered = {}
        for name, chance in chances.items():
            low, high = proportion_confint(random.binomial(n, chance), n, method="wilson")
            covered[name] = int(((low <= chance) & (chance <= high)).sum())
        found.append(_rates(covered, population.name, simulations))
    return pd.concat(found, ignore_index=True)


def retention_coverage(simulations: int, seed: int) -> pd.DataFrame:
    """The interval of the share still in the study, at the middle and at the end."""
    covered = {f"retention at trial {trial}": 0 for trial in (TRIALS // 2, TRIALS)}
    random = np.random.default_rng([seed, 12])
    for _ in range(simulations):
        curve = kaplan_meier(leavers(random, {"a": N_A}, LEAVING, TRIALS))
        for trial in (TRIALS // 2, TRIALS):
            cell = curve[curve["trial"] <= trial].iloc[-1]
            ends = (float(cell["ci_low"]), float(cell["ci_high"]))
            covered[f"retention at trial {trial}"] += _covers(ends, (1 - LEAVING) ** trial)
    return _rates(covered, f"leaving with chance {LEAVING} at each trial", simulations)


def agreement_coverage(simulations: int, seed: int, n: int = 49) -> pd.DataFrame:
    """The interval of Krippendorff's alpha, for images whose five answers differ in popularity."""
    found = []
    for concentration in (0.3, 1.0, 4.0):
        random = np.random.default_rng([seed, 13])
        # For infinitely many images and participants: two answers to one image agree with
        # probability (1 + c / 5) / (1 + c), to different images with 1 / 5.
        alpha = 1 - (1 - (1 + concentration / 5) / (1 + concentration)) / (1 - 1 / 5)
        covered = 0
        for _ in range(simulations):
            shares = random.dirichlet(np.full(5, concentration / 5), N_ITEMS)
            counts = np.array([random.multinomial(n, share) for share in shares], dtype=float)
            covered += _covers(jackknife_interval(counts, krippendorff_alpha(counts)), alpha)
        found.append(_rates({"Krippendorff's alpha": covered}, f"alpha {alpha:.2f}", simulations))
    return pd.concat(found, ignore_index=True)


def bootstrap_coverage(simulations: int, seed: int) -> pd.DataFrame:
    """The bootstrap of participants, of images, and of both, with two kinds of each.

    The truths: the mean over participants for fixed images, over images for fixed participants, and
    over both.
    """
    covered = {"both": 0, "participants_only": 0, "items_only": 0}
    random = np.random.default_rng([seed, 8])
    for _ in range(simulations):
        easy = random.choice([-EASY, EASY], N_ITEMS)
        groups = [_arm(random, easy, n) for n in (N_A, N_B)]
        found = resample_intervals(of_groups(groups[0][0], groups[1][0]), 1_000, random)
        for name in covered:
            truth = 0.0 if name == "both" else groups[0][1][name] - groups[1][1][name]
            covered[name] += _covers((found[name].ci_low, found[name].ci_high), truth)
    named = {f"bootstrap, {name.replace('_', ' ')}": count for name, count in covered.items()}
    return _rates(named, "simulated people and images", simulations)


def _arm(
    random: np.random.Generator, easy: np.ndarray, n: int
) -> tuple[np.ndarray, dict[str, float]]:
    """Answers of n participants; expected accuracy for these images, and for these participants."""
    able = random.choice([-ABLE, ABLE], n)
    favoured = random.choice([-FAVOURED, FAVOURED], len(easy))
    chances = _chance(able[:, None] + easy + favoured)
    every_person = _chance(np.array([[-ABLE], [ABLE]]) + easy + favoured)
    kinds = np.array([e + f for e in (-EASY, EASY) for f in (-FAVOURED, FAVOURED)])
    every_image = _chance(able[:, None] + kinds)
    answers = (random.random(chances.shape) < chances).astype(float)
    means = {"participants_only": float(every_person.mean())}
    return answers, means | {"items_only": float(every_image.mean())}


def _chance(logits: np.ndarray) -> np.ndarray:
    chances: np.ndarray = 1 / (1 + np.exp(-logits))
    return chances
