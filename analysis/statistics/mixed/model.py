"""The logistic mixed model: correct ~ condition * stratum, participants and items random."""

from dataclasses import dataclass
from itertools import combinations

import numpy as np
import pandas as pd
from scipy import stats

from analysis.data.schema import MODEL_WRONG
from analysis.statistics.mixed.cells import ITEM, ITEM_BY_CONDITION, PERSON, count_cells
from analysis.statistics.mixed.effects import ConditionContrast, compare, interaction
from analysis.statistics.mixed.few_images import ErrorModel
from analysis.statistics.mixed.fit import fit_cells

BOUNDARIES = {
    PERSON: "Over all their images, participants do not differ by more than single answers do: the"
    " variance between them is estimated as 0, the smallest possible value. In one stratum alone"
    " they may differ, as the design effect shows.",
    ITEM: "Images of a stratum do not differ by more than single answers do: the variance between"
    " them is estimated as 0, the smallest possible value.",
    ITEM_BY_CONDITION: "The conditions’ difference is the same for all images of a stratum, as far"
    " as single answers show: its variance between images is estimated as 0, the smallest possible"
    " value.",
}


@dataclass(frozen=True)
class MixedModel:
    """A fitted model.

    Attributes
    ----------
    fixed : DataFrame
        One row per fixed effect on the logit; columns term, estimate, standard_error, z, p_value.
    variances : DataFrame
        One row per random effect; columns effect, variance, standard_deviation, at_boundary.
    effects : tuple of ConditionContrast
        Every pair of conditions in every stratum.
    interactions : tuple of ConditionContrast
        Every pair of conditions, where the model was wrong against where it was right; empty with
        one stratum.
    log_likelihood : float
        By Laplace's approximation.
    converged : bool
        Whether the estimates are a maximum.
    n_participants, n_items, n_answers : int
        What was fitted.
    """

    fixed: pd.DataFrame
    variances: pd.DataFrame
    effects: tuple[ConditionContrast, ...]
    interactions: tuple[ConditionContrast, ...]
    log_likelihood: float
    converged: bool
    n_participants: int
    n_items: int
    n_answers: int

    def _repr_html_(self) -> str:
        parts = [self.fixed.to_html(index=False), self.variances.to_html(index=False)]
        return "".join([*parts, *(f"<p>{remark}</p>" for remark in self.remarks)])

    @property
    def remarks(self) -> list[str]:
        """What a reader must know of the fit: variances at the boundary, no convergence."""
        at_zero = self.variances[self.variances["at_boundary"]]["effect"]
        found = [BOUNDARIES[name] for name in at_zero]
        if not self.converged:
            found.append(
                "The likelihood has no clear maximum at these estimates: their intervals are not"
                " reliable."
            )
        return found


def mixed_model(trials: pd.DataFrame, level: float = 0.95) -> MixedModel:
    """Return the logistic mixed model of single answers with participants and items random.

    Parameters
    ----------
    trials : DataFrame
        One row per trial; columns participant_id, item, condition, stratum and correct (1, 0, or
        NaN unanswered, which is left out).
    level : float
        Confidence level of all intervals.

    Returns
    -------
    MixedModel
        Estimates, intervals, and remarks in words.

    Raises
    ------
    ValueError
        Where the model cannot be fitted, such as a condition in which all answers are correct.

    Notes
    -----
    In R's notation, ``correct ~ condition * stratum + (1 | participant_id) + (1 | item) +
    (1 | item:condition)``; with one condition or one stratum, the terms that would repeat others
    are left out. Maximum likelihood by Laplace's approximation, as lme4's ``glmer`` with
    ``nAGQ = 1``. Standard errors are from the observed information of fixed effects and variances
    together. The intervals and p of effects and interactions take into account that few images,
    or few participants, estimate the variances (`few_images`); those of `fixed` are Wald's, as
    lme4's.

    References
    ----------
    Baayen, Davidson and Bates (2008), Mixed-effects modeling with crossed random effects for
    subjects and items. Jaeger (2008), Categorical data analysis. Barr, Levy, Scheepers and Tily
    (2013) for the random effect of items by condition. Judd, Westfall and Kenny (2012) for what
    happens without it.
    """
    data = count_cells(trials)
    fit = fit_cells(data)
    n = len(fit.beta)
    errors = np.sqrt(np.diag(fit.covariance)[:n])
    z = fit.beta / errors
    fixed = pd.DataFrame(
        {
            "term": data.fixed_names,
            "estimate": fit.beta,
            "standard_error": errors,
            "z": z,
            "p_value": 2 * stats.norm.sf(np.abs(z)),
        }
    )
    variances = pd.DataFrame(
        {
            "effect": data.variances,
            "variance": fit.variances,
            "standard_deviation": np.sqrt(fit.variances),
            "at_boundary": fit.variances == 0,
        }
    )
    pairs = list(combinations(data.conditions, 2))
    precise = ErrorModel(data, fit)
    return MixedModel(
        fixed,
        variances,
        tuple(compare(precise, *pair, name, level) for name in data.strata for pair in pairs),
        tuple(interaction(precise, *pair, MODEL_WRONG, level) for pair in pairs)
        if len(data.strata) == 2
        else (),
        fit.log_likelihood,
        fit.converged,
        data.n_participants,
        data.table["item"].nunique(),
        data.n_answers,
    )
