"""Tables of counts by condition, which the sections about participants share."""

import pandas as pd

from analysis.data.labels import condition_label
from analysis.report.numbers import count, percent
from analysis.report.tables import Table


def distribution_table(
    name: str,
    caption: str,
    counts: pd.DataFrame,
    heads: tuple[str, str],
    missing: str = "None recorded",
    note: str = "",
) -> Table:
    """Return one row per topic and value, one column per condition.

    Parameters
    ----------
    name, caption, note : str
        Of the table.
    counts : DataFrame
        Columns of `distributions.count_values`, after `topic`, what the value is of in words.
    heads : tuple of str
        What the columns of topics and of values are called.
    missing : str
        The last row of a topic: participants without a value; left out where there are none.

    Returns
    -------
    Table
        Its numbers are the counts.
    """
    conditions = sorted(counts["condition"].unique())
    rows = []
    for topic, part in counts.groupby("topic", sort=False):
        for value, own in part.groupby("value", sort=False):
            cells = own.set_index("condition")
            rows.append({heads[0]: topic, heads[1]: value, **_cells(cells, conditions)})
        people = part.drop_duplicates("condition").set_index("condition")
        lost = (people["n_participants"] - people["n_given"]).to_dict()
        if any(lost.values()):
            without = {condition_label(each): count(lost.get(each, 0)) for each in conditions}
            rows.append({heads[0]: topic, heads[1]: missing, **without})
    frame = pd.DataFrame(rows).rename(columns=_with_sizes(counts))
    return Table(name, caption, counts, frame, note, text_columns=2)


def _with_sizes(counts: pd.DataFrame) -> dict[str, str]:
    """The head of each column, with the number of participants where it is one for all topics."""
    sizes = counts.groupby("condition")["n_participants"].unique()
    return {
        condition_label(str(name)): f"{condition_label(str(name))}, n = {count(found[0])}"
        for name, found in sizes.items()
        if len(found) == 1
    }


def _cells(own: pd.DataFrame, conditions: list[str]) -> dict[str, str]:
    n, share = own["n"].to_dict(), own["share"].to_dict()
    return {
        condition_label(name): f"{count(n[name])} ({percent(share[name])})" if name in n else "–"
        for name in conditions
    }
