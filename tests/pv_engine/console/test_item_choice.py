"""Which items of a set are shown and in what order."""

from types import SimpleNamespace

import pytest

from pv_engine.console.item_choice import ItemChoice, legibility_by_item

READ = {
    "conditions": ["gradcam", "pv"],
    "legibility": {"by_item": {"gradcam": {"a": 0.2, "b": 0.9}, "pv": {"a": 0.8, "b": 0.3}}},
}
UNREAD = {"conditions": ["gradcam", "pv"]}


def item(name, prediction="boat"):
    return SimpleNamespace(
        name=name, stratum="model_wrong", prediction=prediction, true_labels=["fish"]
    )


ITEMS = [item("a"), item("b", "tree"), item("c")]


def reading(condition, **guesses):
    return SimpleNamespace(condition=condition, guesses=guesses)


def test_a_set_that_a_network_has_read_is_as_legible_as_that_says():
    assert legibility_by_item(READ, ITEMS, [], "pv") == {"a": 0.8, "b": 0.3}
    assert legibility_by_item(READ, ITEMS, []) == pytest.approx({"a": 0.5, "b": 0.6})


def test_else_the_team_says_how_legible_an_item_is():
    readings = [reading("pv", a="boat", b="boat"), reading("pv", a="", b="tree")]
    assert legibility_by_item(UNREAD, ITEMS, readings, "pv") == {"a": 0.5, "b": 0.5}
    assert legibility_by_item(UNREAD, ITEMS, readings, "gradcam") == {}


@pytest.mark.parametrize(
    ("order", "names"), [("", "abc"), ("most", "bac"), ("least", "abc"), ("other", "abc")]
)
def test_items_that_nobody_has_read_come_last(order, names):
    choice = ItemChoice({"order": order}, classes=[], conditions=[], can_sort=True)
    chosen = choice.chosen(ITEMS, {"a": 0.2, "b": 0.7})
    assert "".join(each.name for each in chosen) == names
