from collections import Counter

import numpy as np
import pytest
import torch

from pv_engine.errors import SelectionError
from pv_engine.items.selection import pick_items, shortage
from pv_engine.recipe import ClassifierConfig, SelectionConfig

CLASSES = 6
MULTI = ClassifierConfig(task="multi_label")


def held_out(count: int = 400):
    """Random label sets, and logits that are right, wrong or undecided by thirds."""
    generator = np.random.default_rng(0)
    labels = np.zeros((count, CLASSES), dtype=np.float32)
    logits = np.full((count, CLASSES), -4.0, dtype=np.float32)
    for row in range(count):
        true = generator.choice(CLASSES, generator.integers(1, 4), replace=False)
        labels[row, true] = 1
        if row % 3 == 0:
            logits[row, true] = 3 + generator.random(len(true))
        elif row % 3 == 1:
            wrong = [c for c in range(CLASSES) if c not in true]
            logits[row, generator.choice(wrong)] = 3
    return torch.from_numpy(logits), torch.from_numpy(labels)


def pick(selection=None, eligible=None, seed=1):
    logits, labels = held_out()
    eligible = np.ones(len(logits), dtype=bool) if eligible is None else eligible
    return pick_items(logits, labels, eligible, MULTI, selection or SelectionConfig(), seed)


def test_there_are_14_wrong_and_16_right_items_as_in_the_paper():
    items, _ = pick()
    strata = [item.stratum for item in items]
    assert (strata.count("model_wrong"), strata.count("model_right")) == (14, 16)


def test_strata_follow_the_papers_definitions():
    items, examples = pick()
    for item in items + examples:
        if item.stratum == "model_right":
            assert set(item.predicted_set) == set(item.true_labels)
        else:
            assert item.predicted_set
            assert not set(item.predicted_set) & set(item.true_labels)
        assert item.prediction in item.predicted_set


def test_options_hold_the_prediction_then_true_labels_then_random_classes():
    items, _ = pick()
    for item in items:
        assert len(item.options) == len(set(item.options)) == 4
        assert item.prediction in item.options
        others = set(item.true_labels) - {item.prediction}
        assert len(others & set(item.options)) == min(3, len(others))


def test_neither_place_nor_name_nor_option_order_reveals_the_stratum():
    items, _ = pick()
    strata = [item.stratum for item in items]
    assert strata != sorted(strata)
    assert strata != sorted(strata, reverse=True)
    assert [item.name for item in items] == [f"item-{place:02d}" for place in range(1, 31)]
    assert len({item.options.index(item.prediction) for item in items}) == 4


def test_examples_are_not_items():
    items, examples = pick(SelectionConfig(examples=3))
    assert [example.stratum for example in examples] == [
        "model_right",
        "model_right",
        "model_wrong",
    ]
    assert not {example.row for example in examples} & {item.row for item in items}


def test_a_seed_gives_the_same_items_and_another_gives_others():
    assert pick(seed=1) == pick(seed=1)
    assert {item.row for item in pick(seed=1)[0]} != {item.row for item in pick(seed=2)[0]}


def test_images_without_a_map_are_not_picked():
    eligible = np.arange(400) >= 200
    items, examples = pick(eligible=eligible)
    assert min(item.row for item in items + examples) >= 200


def test_single_label_counts_the_top_class_alone():
    labels = torch.eye(4)[torch.arange(40) % 4]
    logits = torch.eye(4)[(torch.arange(40) + (torch.arange(40) < 10)) % 4]
    single = ClassifierConfig(task="single_label")
    selection = SelectionConfig(model_wrong=5, model_right=5, examples=0)
    items, _ = pick_items(logits, labels, np.ones(40, dtype=bool), single, selection, 1)
    assert all((item.row < 10) == (item.stratum == "model_wrong") for item in items)


def short(count=4, **settings):
    """Held-out images of which only `count` are wrong."""
    logits, labels = held_out()
    wrong = np.flatnonzero(np.arange(400) % 3 == 1)
    eligible = np.ones(400, dtype=bool)
    eligible[wrong[count:]] = False
    selection = SelectionConfig(on_shortage="fewer", **settings)
    return selection, *pick_items(logits, labels, eligible, MULTI, selection, 1)


def test_a_short_stratum_yields_what_it_has_where_the_recipe_allows_it():
    selection, items, examples = short()
    strata = [item.stratum for item in items]
    assert (strata.count("model_wrong"), strata.count("model_right")) == (4, 16)
    assert [example.stratum for example in examples] == ["model_right"]
    assert [item.name for item in items] == [f"item-{place:02d}" for place in range(1, 21)]
    assert shortage(items, selection) == {"model_wrong": {"asked": 14, "found": 4}}


def test_items_go_before_examples_where_both_are_short():
    _, items, examples = short(count=3, model_wrong=2, examples=6)
    assert [item.stratum for item in items].count("model_wrong") == 2
    assert [example.stratum for example in examples].count("model_wrong") == 1


def test_enough_images_are_no_shortage():
    items, _ = pick(SelectionConfig(on_shortage="fewer"))
    assert items == pick()[0]
    assert shortage(items, SelectionConfig()) == {}


def test_a_set_without_any_item_is_refused_even_then():
    with pytest.raises(SelectionError, match="No held-out image is model_wrong or model_right"):
        pick(SelectionConfig(on_shortage="fewer"), eligible=np.zeros(400, dtype=bool))


def lopsided():
    """Single-label images of six classes, half of them of the first; every tenth is wrong."""
    truth = np.where(np.arange(400) % 2 == 0, 0, np.arange(400) % CLASSES)
    said = np.where(np.arange(400) % 10 == 3, (truth + 1) % CLASSES, truth)
    return torch.eye(CLASSES)[said], torch.eye(CLASSES)[truth]


@pytest.mark.parametrize(("balance", "is_even"), [("prediction", True), ("none", False)])
def test_items_can_be_balanced_over_the_predicted_classes(balance, is_even):
    logits, labels = lopsided()
    selection = SelectionConfig(model_wrong=6, model_right=12, examples=0, balance=balance)
    single = ClassifierConfig(task="single_label")
    items, _ = pick_items(logits, labels, np.ones(400, dtype=bool), single, selection, 1)
    right = Counter(item.prediction for item in items if item.stratum == "model_right")
    # Classes 0, 1, 3 and 5 are there to be predicted.
    assert (sorted(right.values()) == [3, 3, 3, 3]) is is_even
    assert sum(right.values()) == 12


def test_a_balanced_choice_follows_from_the_seed_and_fills_up_where_a_class_is_used_up():
    selection = SelectionConfig(model_wrong=0, model_right=100, examples=0, balance="prediction")
    items, _ = pick(selection)
    assert items == pick(selection)[0]
    assert {item.row for item in items} != {item.row for item in pick(selection, seed=2)[0]}
    assert len({item.row for item in items}) == 100


def test_too_few_images_name_the_stratum_and_both_numbers():
    with pytest.raises(SelectionError, match=r"Only \d+ held-out images are model_wrong, but 501"):
        pick(SelectionConfig(model_wrong=500))


def test_more_options_than_classes_are_refused():
    with pytest.raises(SelectionError, match="only 6 classes"):
        pick(SelectionConfig(options=7))
