"""Counts and sums over groups."""

import numpy as np
import pandas as pd

from analysis.data.tallies import tally


def rows():
    random = np.random.default_rng(4)
    return pd.DataFrame(
        {
            "person": pd.Categorical(random.choice(["p2", "p1", "p3"], 60), ["p3", "p1", "p2"]),
            "place": random.choice(["b", "a"], 60),
            "right": random.choice([0.0, 0.25, 1.0], 60),
        }
    )


def test_groups_are_those_of_pandas_in_its_order():
    frame = rows()
    frame["person"] = frame["person"].cat.add_categories("nobody")
    found = tally(frame, ["person", "place"], "right")
    expected = frame.groupby(["person", "place"], observed=True)["right"].agg(["size", "sum"])
    assert found["person"].dtype == frame["person"].dtype
    assert found[["person", "place"]].astype(str).to_numpy().tolist() == [
        list(pair) for pair in expected.index
    ]
    assert found["size"].tolist() == expected["size"].tolist()
    assert found["sum"].tolist() == expected["sum"].tolist()


def test_rows_without_a_key_are_left_out():
    frame = rows()
    frame.loc[:9, "place"] = None
    assert tally(frame, ["person", "place"])["size"].sum() == 50


def test_no_rows_have_no_groups():
    assert tally(rows().iloc[:0], ["person", "place"], "right").empty
