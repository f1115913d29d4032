"""Answers as counts by participant and cell, a cell being one image in one condition."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

# The random effects, in the order of their variances.
PERSON, ITEM, ITEM_BY_CONDITION = "participant", "item", "item:condition"

# Counts in one block: tables of this size stay in the processor's cache, which is twice as fast.
PORTION = 32_768


@dataclass(frozen=True)
class Block:
    """Some participants who saw the same conditions, so that their table has no empty columns."""

    # Places of the columns among all cells, shape (k,).
    cells: np.ndarray
    # Correct answers and answers, shape (n, k).
    right: np.ndarray
    asked: np.ndarray


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
    random : ndarray, shape (n_cells, n_random)
        Which items and which items by condition a cell belongs to.
    group : ndarray of int, shape (n_random,)
        For each column of `random`, the place of its variance among `variances`.
    variances : tuple of str
        Names of the variances; the participants' is the first.
    """

    blocks: tuple[Block, ...]
    table: pd.DataFrame
    conditions: tuple[str, ...]
    strata: tuple[str, ...]
    fixed: np.ndarray
    fixed_names: tuple[str, ...]
    random: np.ndarray
    group: np.ndarray
    variances: tuple[str, ...]

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
    random, group, variances = _random(known // n_conditions, n_conditions)
    blocks = _blocks(codes["participant_id"], codes["condition"], cell, right, len(known))
    return Cells(
        blocks, table, levels["condition"], levels["stratum"], fixed, names, random, group,
        variances,
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
) -> tuple[np.ndarray, np.ndarray, tuple[str, ...]]:
    items = np.eye(item_of_cell.max() + 1)[item_of_cell]
    if n_conditions < 2:
        # An item is then in one cell, and the two effects would be one.
        return items, np.ones(items.shape[1], dtype=int), (PERSON, ITEM)
    random = np.hstack([items, np.eye(len(item_of_cell))])
    group = np.repeat([1, 2], [items.shape[1], len(item_of_cell)])
    return random, group, (PERSON, ITEM, ITEM_BY_CONDITION)


def _blocks(
    person: np.ndarray, condition: np.ndarray, cell: np.ndarray, right: np.ndarray, n_cells: int
) -> tuple[Block, ...]:
    n_conditions = condition.max() + 1
    seen = np.zeros((person.max() + 1, n_conditions), dtype=bool)
    seen[person, condition] = True
    _, kind = np.unique(seen, axis=0, return_inverse=True)
    kind = kind.ravel()
    made = []
    for place in range(kind.max() + 1):
        own = kind[person] == place
        cells, column = np.unique(cell[own], return_inverse=True)
        people, row = np.unique(person[own], return_inverse=True)
        shape = (len(people), len(cells))
        at = row * shape[1] + column
        counts = [
            np.bincount(at, weights=weights, minlength=shape[0] * shape[1]).reshape(shape)
            for weights in (right[own], np.ones(len(at)))
        ]
        height = max(1, PORTION // len(cells))
        made += [
            Block(cells, *(table[start : start + height] for table in counts))
            for start in range(0, len(people), height)
        ]
    return tuple(made)
