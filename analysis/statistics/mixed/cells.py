"""Answers as counts by participant and cell, a cell being one image in one condition."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from analysis.statistics.mixed.covariances import (
    ITEM,
    ITEM_BY_CONDITION,
    Factors,
    Parameter,
    parameters_of,
)
from analysis.statistics.mixed.people import Block, People, blocks_of, people_of


@dataclass(frozen=True)
class Cells:
    """The counts, and the design matrices of the cells.

    Attributes
    ----------
    blocks : tuple of Block
        All answers.
    table : DataFrame
        One row per cell; columns item, condition, stratum.
    conditions, strata : tuple of str
        In the order of the fixed effects; the first of each is the reference.
    fixed : ndarray, shape (n_cells, n_fixed)
        Dummy variables of condition, stratum and their product.
    fixed_names : tuple of str
        Names of its columns, as R has them.
    people : People
        The participants' effects, whose parameters are the first.
    random : ndarray, shape (n_cells, n_random)
        Which items and which items by condition a cell belongs to.
    group : ndarray of int, shape (n_random,)
        For each column of `random`, the place of its variance among the parameters.
    parameters : tuple of Parameter
        Variances and covariances of all random effects.
    """

    blocks: tuple[Block, ...]
    table: pd.DataFrame
    conditions: tuple[str, ...]
    strata: tuple[str, ...]
    fixed: np.ndarray
    fixed_names: tuple[str, ...]
    people: People
    random: np.ndarray
    group: np.ndarray
    parameters: tuple[Parameter, ...]

    @property
    def factors(self) -> Factors:
        """Between the parameters and what is searched."""
        n_items = len(self.parameters) - len(self.people.parameters)
        return Factors((*self.people.sizes, *[1] * n_items))

    def loads(self, condition: str, stratum: str) -> np.ndarray:
        """Return what each parameter adds to the variance of a logit, shape (n_parameters,)."""
        place = self.conditions.index(condition) * len(self.strata) + self.strata.index(stratum)
        own = self.people.basis[:, place, place]
        return np.concatenate([own, np.ones(len(self.parameters) - len(own))])

    @property
    def n_participants(self) -> int:
        """Participants with an answer."""
        return sum(len(block.right) for block in self.blocks)

    @property
    def n_answers(self) -> int:
        """Answers of all participants."""
        return int(sum(block.asked.sum() for block in self.blocks))


def count_cells(trials: pd.DataFrame) -> Cells:
    """Return the counts of a frame of trials with the design of its cells.

    Parameters
    ----------
    trials : DataFrame
        One row per trial; columns participant_id, item, condition, stratum and correct (1, 0, or
        NaN unanswered, which is left out).

    Returns
    -------
    Cells
        Conditions and strata in alphabetical order, as R orders the levels of a factor.

    Raises
    ------
    ValueError
        Where the model cannot be fitted, with the reason in one sentence.
    """
    answered = trials[trials["correct"].notna()]
    columns = {
        name: _categories(answered[name])
        for name in ("participant_id", "item", "condition", "stratum")
    }
    codes = {name: column.codes.astype(np.int64) for name, column in columns.items()}
    levels = {name: tuple(map(str, column.categories)) for name, column in columns.items()}
    right = answered["correct"].to_numpy(dtype=float)
    _require_both_answers(codes, levels, right)
    n_conditions = max(1, len(levels["condition"]))
    pairs = codes["item"] * n_conditions + codes["condition"]
    known, first, cell = np.unique(pairs, return_index=True, return_inverse=True)
    table = pd.DataFrame(
        {
            name: np.array(levels[name], dtype=object)[codes[name][first]]
            for name in ("item", "condition", "stratum")
        }
    )
    _require_one_stratum(table, codes, first, cell)
    fixed, names = _fixed(table, levels["condition"], levels["stratum"])
    seen = np.zeros((len(levels["participant_id"]), n_conditions), dtype=bool)
    seen[codes["participant_id"], codes["condition"]] = True
    people = people_of(
        levels["stratum"], n_conditions, by_condition=bool((seen.sum(axis=1) > 1).any())
    )
    random, group, of_items = _random(known // n_conditions, n_conditions)
    n_strata = len(levels["stratum"])
    effect = codes["condition"][first] * n_strata + codes["stratum"][first]
    return Cells(
        blocks_of(seen, codes["participant_id"], cell, right, effect),
        table, levels["condition"], levels["stratum"], fixed, names, people,
        random, group + len(people.parameters), (*people.parameters, *of_items),
    )  # fmt: skip


def _categories(column: "pd.Series[str]") -> "pd.Categorical[str]":
    """The values as categories that occur, in alphabetical order."""
    found = pd.Categorical(column)
    found = found.remove_unused_categories()
    return found.reorder_categories(sorted(found.categories, key=str))


def _require_both_answers(
    codes: dict[str, np.ndarray], levels: dict[str, tuple[str, ...]], right: np.ndarray
) -> None:
    """Refuse a condition and stratum in which the answers say nothing about the odds."""
    if len(levels["participant_id"]) < 2 or len(levels["item"]) < 2:
        raise ValueError("the model needs answers of at least two participants to two images")
    shape = (len(levels["condition"]), len(levels["stratum"]))
    place = codes["condition"] * shape[1] + codes["stratum"]
    size = int(np.prod(shape))
    asked = np.bincount(place, minlength=size).reshape(shape)
    correct = np.bincount(place, weights=right, minlength=size).reshape(shape)
    for kind, found in (
        ("no answer", asked == 0),
        ("no wrong answer", correct == asked),
        ("no correct answer", correct == 0),
    ):
        if found.any():
            condition, stratum = np.argwhere(found)[0]
            raise ValueError(
                f"the condition {levels['condition'][condition]!r} has {kind} in the stratum"
                f" {levels['stratum'][stratum]!r}, so its odds have no estimate"
            )


def _require_one_stratum(
    table: pd.DataFrame, codes: dict[str, np.ndarray], first: np.ndarray, cell: np.ndarray
) -> None:
    mixed = codes["stratum"] != codes["stratum"][first][cell]
    several = table.groupby("item")["stratum"].nunique() > 1
    if mixed.any() or several.any():
        item = table["item"][cell[mixed.argmax()]] if mixed.any() else several.idxmax()
        raise ValueError(f"the item {item!r} is in two strata; each item belongs to one")


def _fixed(
    table: pd.DataFrame, conditions: tuple[str, ...], strata: tuple[str, ...]
) -> tuple[np.ndarray, tuple[str, ...]]:
    columns: dict[str, Any] = {"(Intercept)": np.ones(len(table))}
    by_condition = {f"condition{name}": table["condition"] == name for name in conditions[1:]}
    by_stratum = {f"stratum{name}": table["stratum"] == name for name in strata[1:]}
    columns |= by_condition | by_stratum
    for second, in_stratum in by_stratum.items():
        for name, in_condition in by_condition.items():
            columns[f"{name}:{second}"] = in_condition & in_stratum
    return np.column_stack([np.asarray(column, float) for column in columns.values()]), tuple(
        columns
    )


def _random(
    item_of_cell: np.ndarray, n_conditions: int
) -> tuple[np.ndarray, np.ndarray, tuple[Parameter, ...]]:
    items = np.eye(item_of_cell.max() + 1)[item_of_cell]
    of_items = parameters_of(ITEM, ())
    if n_conditions < 2:
        # An item is then in one cell, and the two effects would be one.
        return items, np.zeros(items.shape[1], dtype=int), of_items
    random = np.hstack([items, np.eye(len(item_of_cell))])
    group = np.repeat([0, 1], [items.shape[1], len(item_of_cell)])
    return random, group, of_items + parameters_of(ITEM_BY_CONDITION, ())
