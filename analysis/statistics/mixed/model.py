"""The logistic mixed model: correct ~ condition * stratum, participants and items random."""

from dataclasses import dataclass
from itertools import combinations

import numpy as np
import pandas as pd
from scipy import stats

from analysis.data.schema import MODEL_RIGHT, MODEL_WRONG
from analysis.statistics.mixed.cells import Cells, count_cells
from analysis.statistics.mixed.covariances import (
    ITEM,
    ITEM_BY_CONDITION,
    PERSON,
    PERSON_BY_CONDITION,
    Parameter,
)
from analysis.statistics.mixed.effects import ConditionContrast, compare, interaction
from analysis.statistics.mixed.few_images import ErrorModel
from analysis.statistics.mixed.fit import Fit, fit_cells

BOUNDARIES = {
    PERSON: "{where}participants do not differ by more than single answers do: the variance between"
    " them is estimated as 0, the smallest possible value.",
    PERSON_BY_CONDITION: "{where}participants do not differ in what a condition changes, as far as"
    " single answers show: that variance is estimated as 0, the smallest possible value.",
    ITEM: "Images of a stratum do not differ by more than single answers do: the variance between"
    " them is estimated as 0, the smallest possible value.",
    ITEM_BY_CONDITION: "The conditions’ difference is the same for all images of a stratum, as far"
    " as single answers show: its variance between images is estimated as 0, the smallest possible"
    " value.",
}
CORRELATIONS = {
    PERSON: "As far as single answers show, who is better in one stratum is exactly as much"
    " {direction} in the other: the correlation of participants’ abilities is estimated as"
    " {correlation}, the {extreme} possible value.",
    PERSON_BY_CONDITION: "As far as single answers show, what a condition changes for a participant"
    " in one stratum goes exactly with what it changes in the other: the correlation is estimated"
    " as {correlation}, the {extreme} possible value.",
}
WHERE = {
    MODEL_WRONG: "Where the model was wrong, ",
    MODEL_RIGHT: "Where the model was right, ",
    "": "Over all their images, ",
}
# Correlations closer to 1 or -1 are estimated as that.
CLOSE = 1e-6


@dataclass(frozen=True)
class MixedModel:
    """A fitted model.

    Attributes
    ----------
    fixed : DataFrame
        One row per fixed effect on the logit; columns term, estimate, standard_error, z, p_value.
    variances : DataFrame
        One row per variance; columns effect, stratum (empty where there is one variance for all),
        variance, standard_deviation, at_boundary.
    correlations : DataFrame
        One row per pair of strata and random effect that may differ between them; columns effect,
        stratum_a, stratum_b, covariance, correlation (NaN where a variance is 0), at_boundary.
    effects : tuple of ConditionContrast
        Every pair of conditions in every stratum.
    interactions : tuple of ConditionContrast
        Every pair of conditions, where the model was wrong against where it was right; empty with
        one stratum.
    formula : str
        In R's notation.
    log_likelihood : float
        By Laplace's approximation.
    converged : bool
        Whether the estimates are a maximum.
    n_participants, n_items, n_answers : int
        What was fitted.
    """

    fixed: pd.DataFrame
    variances: pd.DataFrame
    correlations: pd.DataFrame
    effects: tuple[ConditionContrast, ...]
    interactions: tuple[ConditionContrast, ...]
    formula: str
    log_likelihood: float
    converged: bool
    n_participants: int
    n_items: int
    n_answers: int

    def _repr_html_(self) -> str:
        tables = (self.fixed, self.variances, self.correlations)
        parts = [table.to_html(index=False) for table in tables if len(table)]
        return "".join([*parts, *(f"<p>{remark}</p>" for remark in self.remarks)])

    @property
    def remarks(self) -> list[str]:
        """What a reader must know of the fit: estimates at the boundary, no convergence."""
        at_zero = self.variances[self.variances["at_boundary"]].to_dict("records")
        at_one = self.correlations[self.correlations["at_boundary"]].to_dict("records")
        found = [
            BOUNDARIES[row["effect"]].format(where=WHERE.get(row["stratum"], "In all strata, "))
            for row in at_zero
        ]
        found += [_of_correlation(row["effect"], row["correlation"]) for row in at_one]
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
    In R's notation, ``correct ~ condition * stratum + (0 + stratum | participant_id) + (1 | item) +
    (1 | item:condition)``: a participant's abilities in the strata are two, with variances and a
    correlation of their own. Where somebody saw several conditions, ``(0 + stratum |
    participant_id:condition)`` joins them. With one condition or one stratum, the terms that would
    repeat others are left out; with one stratum, a participant has one ability.

    Maximum likelihood by Laplace's approximation, as lme4's ``glmer`` with ``nAGQ = 1``. Standard
    errors are from the observed information of fixed effects, variances and covariances together.
    The intervals and p of effects and interactions take into account that few images, or few
    participants, estimate the variances (`few_images`); those of `fixed` are Wald's, as lme4's.

    References
    ----------
    Baayen, Davidson and Bates (2008), Mixed-effects modeling with crossed random effects for
    subjects and items. Jaeger (2008), Categorical data analysis. Barr, Levy, Scheepers and Tily
    (2013) for the random effects of items by condition and of participants by stratum. Judd,
    Westfall and Kenny (2012) for what happens without them.
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
    pairs = list(combinations(data.conditions, 2))
    precise = ErrorModel(data, fit)
    return MixedModel(
        fixed,
        _variances(data, fit),
        _correlations(data, fit),
        tuple(compare(precise, *pair, name, level) for name in data.strata for pair in pairs),
        tuple(interaction(precise, *pair, MODEL_WRONG, level) for pair in pairs)
        if len(data.strata) == 2
        else (),
        _formula(data),
        fit.log_likelihood,
        fit.converged,
        data.n_participants,
        data.table["item"].nunique(),
        data.n_answers,
    )


def _formula(data: Cells) -> str:
    of = {"condition": data.conditions, "stratum": data.strata}
    fixed = " * ".join(name for name, levels in of.items() if len(levels) > 1) or "1"
    random = []
    for effect in dict.fromkeys(found.effect for found in data.parameters):
        by_stratum = len(data.strata) > 1 and effect in (PERSON, PERSON_BY_CONDITION)
        random.append(f"({'0 + stratum' if by_stratum else '1'} | {effect})")
    return " + ".join([f"correct ~ {fixed}", *random])


def _variances(data: Cells, fit: Fit) -> pd.DataFrame:
    rows = [
        (found.effect, found.first, value)
        for found, value in zip(data.parameters, fit.parameters, strict=True)
        if found.is_variance
    ]
    table = pd.DataFrame(rows, columns=["effect", "stratum", "variance"])
    return table.assign(
        standard_deviation=np.sqrt(table["variance"]), at_boundary=table["variance"] == 0
    )


def _correlations(data: Cells, fit: Fit) -> pd.DataFrame:
    of = dict(zip(data.parameters, fit.parameters, strict=True))
    rows = []
    for found, covariance in of.items():
        if found.is_variance:
            continue
        a, b = (of[Parameter(found.effect, name, name)] for name in (found.first, found.second))
        known = a > 0 and b > 0
        correlation = float(np.clip(covariance / np.sqrt(a * b), -1, 1)) if known else float("nan")
        rows.append(
            {
                "effect": found.effect, "stratum_a": found.second, "stratum_b": found.first,
                "covariance": covariance, "correlation": correlation,
                "at_boundary": known and abs(correlation) > 1 - CLOSE,
            }
        )  # fmt: skip
    names = ["effect", "stratum_a", "stratum_b", "covariance", "correlation", "at_boundary"]
    return pd.DataFrame(rows, columns=names).astype({"at_boundary": bool})


def _of_correlation(effect: str, correlation: float) -> str:
    positive = correlation > 0
    return CORRELATIONS[effect].format(
        direction="better" if positive else "worse",
        correlation="1" if positive else "−1",
        extreme="largest" if positive else "smallest",
    )
