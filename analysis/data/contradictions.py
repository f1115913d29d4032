"""Contradictions between the tables of an export, which only an edit can cause.

An export's own checks compare its tables with its codebook, its Parquet files and its hash; these
checks also work where an editor has renewed all of those.
"""

from collections.abc import Iterator
from itertools import pairwise

import numpy as np
import pandas as pd

from analysis.data.schema import CANT_TELL, Row
from analysis.data.validation import FIRST_LINE

FLAGS = ("correct", "chose_truth", "cant_tell")
# In their order in time.
MOMENTS = ("arrived_at", "consented_at", "assigned_at", "finished_at")


def contradictions(
    participants: pd.DataFrame, trials: pd.DataFrame, extra: pd.DataFrame
) -> Iterator[str]:
    """Yield one sentence for each kind of contradiction, with its first line and their number.

    `extra` are the attention checks and repeated questions, which have their own table and count as
    trials (columns participant_id and response).
    """
    yield from _flag_contradictions(trials)
    asked = pd.concat([trials[["participant_id", "response"]].astype("str"), extra])
    yield from _count_contradictions(participants, asked)
    yield from _time_contradictions(participants, trials)


def _flag_contradictions(trials: pd.DataFrame) -> Iterator[str]:
    """Flags that do not match the response, and responses that were not offered."""
    names = ["response", "prediction", "true_labels", "options_shown", "response_position"]
    # Distinct answers are few even where trials are many.
    codes = trials.groupby([*names, *FLAGS], observed=True, dropna=False, sort=False).ngroup()
    first = ~codes.duplicated()
    kinds = trials.loc[first, [*names, *FLAGS]]
    order = codes[first].to_numpy()
    rows_and_given = (frame.to_dict("records") for frame in (kinds, kinds.notna()))
    wrong = [_wrong_cells(*pair) for pair in zip(*rows_and_given, strict=True)]
    for column in (*FLAGS, "response", "response_position"):
        bad = np.zeros(len(order), dtype=bool)
        bad[order] = [column in cells for cells in wrong]
        rows = bad[codes.to_numpy()]
        if rows.any():
            line = int(trials.index[int(rows.argmax())]) + FIRST_LINE
            yield (
                f"trials, line {line}, column {column}: contradicts the rest of its line"
                f"{_others(int(rows.sum()))}."
            )


def _wrong_cells(row: Row, given: Row) -> set[str]:
    """The columns of one answer that contradict others; `given` says which are not empty."""
    if not given["response"]:
        return {name for name in (*FLAGS, "response_position") if given[name]}
    response, options = str(row["response"]), str(row["options_shown"]).split(";")
    said = {
        "correct": response == str(row["prediction"]),
        "chose_truth": response in str(row["true_labels"]).split(";"),
        "cant_tell": response == CANT_TELL,
    }
    wrong = {name for name, value in said.items() if row[name] != value}
    if response not in options:
        return {*wrong, "response"}
    place = options.index(response) + 1
    return wrong if row["response_position"] == place else {*wrong, "response_position"}


def _count_contradictions(participants: pd.DataFrame, trials: pd.DataFrame) -> Iterator[str]:
    """Participants whose numbers of trials or answers differ between the tables."""
    names = participants["participant_id"].astype("str")
    own = trials["participant_id"].astype("str")
    answered = own[trials["response"].notna()]
    for column, counted, what in (
        ("n_trials", own.value_counts(), "trials"),
        ("n_answered", answered.value_counts(), "answers"),
    ):
        found = names.map(counted).fillna(0).astype(int)
        bad = (found != participants[column]).to_numpy()
        if bad.any():
            at = int(bad.argmax())
            yield (
                f"Participant {names.iloc[at]} has {found.iloc[at]} {what} in the tables,"
                f" but {column} is {participants[column].iloc[at]}{_others(int(bad.sum()))}."
            )


def _time_contradictions(participants: pd.DataFrame, trials: pd.DataFrame) -> Iterator[str]:
    """Moments in an impossible order; ISO 8601 in UTC sorts as text."""
    times = participants[list(MOMENTS)].astype("str")
    for before, after in pairwise(MOMENTS):
        known = participants[before].notna() & participants[after].notna()
        bad = (known & (times[before] > times[after])).to_numpy()
        if bad.any():
            name = participants["participant_id"].iloc[int(bad.argmax())]
            yield (f"Participant {name}: {after} is before {before}{_others(int(bad.sum()))}.")
    arrived = participants.set_index(participants["participant_id"].astype("str"))["arrived_at"]
    began = trials["participant_id"].astype("str").map(arrived)
    early = (trials["answered_at"].notna() & (trials["answered_at"] < began)).to_numpy(dtype=bool)
    if early.any():
        line = int(trials.index[int(early.argmax())]) + FIRST_LINE
        yield (
            f"trials, line {line}, column answered_at: is before the participant arrived"
            f"{_others(int(early.sum()))}."
        )


def _others(n: int) -> str:
    """The number of contradictions after the first, in words."""
    return f" (and {n - 1} more)" if n > 1 else ""
