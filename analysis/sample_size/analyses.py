"""The analyses whose power can be simulated, by name."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from analysis.data.schema import MODEL_WRONG
from analysis.statistics.alternatives import Alternative, Method
from analysis.statistics.mixed.model import mixed_model as fit_mixed_model
from analysis.statistics.mixed.simulated_answers import as_trials
from analysis.statistics.ranks.mann_whitney import mann_whitney as rank_test


@dataclass(frozen=True)
class Study:
    """A simulated study: accuracies in the tested stratum, and by stratum the answers if drawn."""

    a: np.ndarray
    b: np.ndarray
    answers: Mapping[str, np.ndarray]


@dataclass(frozen=True)
class Sides:
    """What a test asks, and how a rank test finds p."""

    alternative: Alternative = "two-sided"
    method: Method = "auto"
    continuity: bool = True


@dataclass(frozen=True)
class Analysis:
    """An analysis of the report: its p of the difference in the tested stratum, NaN without one."""

    title: str
    p_value: Callable[[Study, Sides], float]
    # Whether it needs single answers, and takes the images for a sample, too.
    has_random_images: bool = False


def _mann_whitney(study: Study, sides: Sides) -> float:
    """p as in the report."""
    return rank_test(study.a, study.b, sides.alternative, sides.method, sides.continuity).pvalue


def _mixed_model(study: Study, sides: Sides) -> float:
    """p of the odds ratio, which is below the level where the interval of the points excludes 0.

    NaN where the report takes no estimate from the model: it is not fitted or has no maximum.
    """
    try:
        model = fit_mixed_model(as_trials(dict(study.answers)))
    except ValueError:
        return float("nan")
    if not model.converged:
        return float("nan")
    [found] = [each for each in model.effects if each.stratum == MODEL_WRONG]
    if sides.alternative == "two-sided":
        return found.pvalue
    is_below = found.odds_ratio.estimate < 1
    on_its_side = is_below == (sides.alternative == "less")
    return found.pvalue / 2 if on_its_side else 1 - found.pvalue / 2


MANN_WHITNEY, MIXED_MODEL = "mann_whitney", "mixed_model"
ANALYSES = {
    MANN_WHITNEY: Analysis("Mann–Whitney test", _mann_whitney),
    MIXED_MODEL: Analysis("mixed model", _mixed_model, has_random_images=True),
}
