"""Which items of a set are shown, with which pictures, and in what order."""

from collections.abc import Iterable, Mapping
from statistics import fmean
from typing import Any

from django import forms

from pv_engine.models import BlindReading, Item
from pv_engine.recipe.conditions import title_of

# Item name -> how well its stimulus of one condition can be read, from 0 to 1.
Legibility = Mapping[str, float]
SET_ORDER, MOST_LEGIBLE, LEAST_LEGIBLE = "", "most", "least"
ORDERS = [
    (SET_ORDER, "as in the set"),
    (MOST_LEGIBLE, "most legible first"),
    (LEAST_LEGIBLE, "least legible first"),
]


class ItemChoice(forms.Form):
    """The form above the items; every field may be left as it is."""

    def __init__(
        self, *args: Any, classes: list[str], conditions: list[str], can_sort: bool, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        strata = [(value, label.removeprefix("model ")) for value, label in Item.Stratum.choices]
        self._offer("stratum", "The model is", [("", "either"), *strata])
        self._offer("named", "Class", [("", "any"), *((name, name) for name in classes)])
        self._offer(
            "condition",
            "Condition",
            [("", "all"), *((name, title_of(name)) for name in conditions)],
        )
        if can_sort:
            self._offer("order", "Order", ORDERS)

    def _offer(self, name: str, label: str, choices: list[tuple[str, str]]) -> None:
        self.fields[name] = forms.ChoiceField(label=label, choices=choices, required=False)

    def value(self, name: str) -> str:
        """What was chosen; empty for nothing, or for what is not among the choices."""
        self.is_valid()
        return str(self.cleaned_data.get(name, ""))

    def chosen(self, items: Iterable[Item], legibility: Legibility) -> list[Item]:
        """Return the items that match, in the order asked for; those never read come last."""
        stratum, named, order = (self.value(name) for name in ("stratum", "named", "order"))
        matching = [
            item
            for item in items
            if stratum in ("", item.stratum)
            and (not named or named in (item.prediction, *item.true_labels))
        ]
        if order == SET_ORDER:
            return matching
        sign = -1 if order == MOST_LEGIBLE else 1
        return sorted(
            matching,
            key=lambda item: (item.name not in legibility, sign * legibility.get(item.name, 0.0)),
        )


def legibility_by_item(
    manifest: Mapping[str, Any],
    items: Iterable[Item],
    readings: Iterable[BlindReading],
    condition: str = "",
) -> dict[str, float]:
    """Return how well each item can be read, in one condition or as the mean of all.

    It is the probability that the set's reader gives the model's prediction among the options or,
    in a set that no network has read, the share of the team's guesses that named it.
    """
    by_kind = (manifest.get("legibility") or {}).get("by_item") or _by_team(items, readings)
    values: dict[str, list[float]] = {}
    for kind in [condition] if condition else manifest["conditions"]:
        for name, value in by_kind.get(kind, {}).items():
            values.setdefault(name, []).append(value)
    return {name: fmean(each) for name, each in values.items()}


def _by_team(
    items: Iterable[Item], readings: Iterable[BlindReading]
) -> dict[str, dict[str, float]]:
    predictions = {item.name: item.prediction for item in items}
    named: dict[str, dict[str, list[bool]]] = {}
    for reading in readings:
        of_condition = named.setdefault(reading.condition, {})
        for name, guess in reading.guesses.items():
            of_condition.setdefault(name, []).append(guess == predictions.get(name))
    return {
        kind: {name: fmean(hits) for name, hits in each.items()} for kind, each in named.items()
    }
