"""Participants are found by their ids, however a table keeps these."""

import pandas as pd
import pytest

from analysis.data.ids import is_one_of


@pytest.mark.parametrize("kind", ["category", "str", "object"])
def test_each_row_of_one_of_the_participants_is_found(kind):
    column = pd.Series(["p-1", "p-2", "p-1", None], index=[4, 5, 6, 7]).astype(kind)
    found = is_one_of(column, {"p-1", "p-9"})
    assert found.to_dict() == {4: True, 5: False, 6: True, 7: False}
