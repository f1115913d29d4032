"""The functions that notebooks import: they take frames of one's own columns, and plain lists.

Each is the function of `analysis.statistics` with the same name; only its arguments are freer.
"""

from collections.abc import Callable, Mapping, Sequence
from functools import wraps
from typing import Any, TypeVar

import numpy as np
import pandas as pd

from analysis.errors import DataError
from analysis.statistics.means import mean_tests
from analysis.statistics.means.permutation import permutation_test as _permutation_test
from analysis.statistics.mixed import model
from analysis.statistics.mixed.model import MixedModel
from analysis.statistics.ranks import effect_sizes, shifts
from analysis.statistics.ranks import mann_whitney as rank_tests

Result = TypeVar("Result")
# What the mixed model calls its columns.
TRIAL_ROLES = ("participant_id", "item", "condition", "stratum", "correct")


def two_groups(function: Callable[..., Result]) -> Callable[..., Result]:
    """Return the function for two samples, which also takes a frame.

    `f(a, b)` takes two samples; `f(data=frame, dv="score", between="group")` takes the column `dv`
    of a frame in long form, divided by the two values of the column `between`, in their order in
    `groups` or, by default, in alphabetical order. Raises DataError for a column that is missing,
    and where there are not two groups.
    """

    @wraps(function)
    def call(
        a: Any = None,
        b: Any = None,
        *rest: Any,
        data: pd.DataFrame | None = None,
        dv: str = "accuracy",
        between: str = "condition",
        groups: Sequence[Any] | None = None,
        **more: Any,
    ) -> Result:
        if data is not None:
            a, b = _divided(data, dv, between, groups)
        if a is None or b is None:
            raise DataError("Give two samples, or data with dv and between.")
        return function(_numbers(a), _numbers(b), *rest, **more)

    return call


def _numbers(values: Any) -> np.ndarray:
    return np.asarray(values, dtype=float)


def _divided(
    data: pd.DataFrame, dv: str, between: str, groups: Sequence[Any] | None
) -> tuple[np.ndarray, np.ndarray]:
    require_columns(data, (dv, between))
    found = sorted(data[between].dropna().unique(), key=str) if groups is None else list(groups)
    if len(found) != 2:
        raise DataError(
            f"The column {between!r} has {len(found)} groups, {', '.join(map(str, found))}; name"
            " two of them in groups."
        )
    first, second = (data.loc[data[between] == name, dv].to_numpy(float) for name in found)
    return first, second


def require_columns(data: pd.DataFrame, names: Sequence[str]) -> None:
    """Raise DataError with the columns that a frame lacks and those that it has."""
    missing = [name for name in names if name not in data]
    if missing:
        raise DataError(
            f"The frame has no column {', '.join(map(repr, missing))}; it has"
            f" {', '.join(map(repr, data.columns))}."
        )


mann_whitney = two_groups(rank_tests.mann_whitney)
cliffs_delta = two_groups(effect_sizes.cliffs_delta)
hodges_lehmann = two_groups(shifts.hodges_lehmann)
mean_difference = two_groups(mean_tests.mean_difference)
permutation_test = two_groups(_permutation_test)
welch = two_groups(mean_tests.welch)


def mixed_model(
    trials: pd.DataFrame, level: float = 0.95, columns: Mapping[str, str] | None = None
) -> MixedModel:
    """Return `analysis.statistics.mixed.model.mixed_model` of a frame of one's own columns.

    Parameters
    ----------
    trials : DataFrame
        One row per trial.
    level : float
        Confidence level of all intervals.
    columns : mapping of str to str, optional
        What the frame calls participant_id, item, condition, stratum and correct, where it calls
        them otherwise.

    Returns
    -------
    MixedModel

    Raises
    ------
    DataError
        For a column that is missing.
    """
    named = {role: (columns or {}).get(role, role) for role in TRIAL_ROLES}
    require_columns(trials, list(named.values()))
    own = trials[list(named.values())].set_axis(list(named), axis=1)
    return model.mixed_model(own, level)
