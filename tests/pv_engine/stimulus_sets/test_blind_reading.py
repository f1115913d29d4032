"""Which stimuli a blind page shows, and how guesses are scored."""

import pytest

from pv_engine.errors import ImageDataError
from pv_engine.stimulus_sets.blind_reading import (
    BlindItem,
    Score,
    draw_blind_items,
    score_guesses,
)

OPTIONS = ["boat", "fish", "cat", "tree"]


def manifest(n_wrong=8, n_right=2, conditions=("gradcam", "pv", "none")):
    items = [
        {
            "name": f"item-{number:02}",
            "stratum": "model_wrong" if number <= n_wrong else "model_right",
            "prediction": "boat",
            "true_labels": ["fish"],
            "options": OPTIONS,
            "images": {kind: f"{kind}-{number}.webp" for kind in conditions if kind != "none"},
        }
        for number in range(1, n_wrong + n_right + 1)
    ]
    return {"conditions": list(conditions), "items": items}


def names(items):
    return [item.name for item in items]


def test_the_same_seed_draws_the_same_items_in_each_condition_in_another_order():
    gradcam, pv = (
        draw_blind_items(manifest(), kind, "model_wrong", 6, seed=3) for kind in ("gradcam", "pv")
    )
    assert sorted(names(gradcam)) == sorted(names(pv))
    assert names(gradcam) != names(pv)
    assert [item.file_name for item in pv] == [f"pv-{int(item.name[-2:])}.webp" for item in pv]


def test_another_seed_draws_other_items_and_the_options_are_shuffled():
    drawn = [names(draw_blind_items(manifest(), "pv", "model_wrong", 4, seed)) for seed in (1, 2)]
    assert sorted(drawn[0]) != sorted(drawn[1])
    orders = {item.options for item in draw_blind_items(manifest(), "pv", "model_wrong", 8, 1)}
    assert len(orders) > 1
    assert {tuple(sorted(order)) for order in orders} == {tuple(sorted(OPTIONS))}


def test_items_that_were_seen_come_only_when_the_others_are_used_up():
    seen = {f"item-{number:02}" for number in range(1, 6)}
    drawn = set(names(draw_blind_items(manifest(), "pv", "model_wrong", 4, 1, seen)))
    assert drawn >= {"item-06", "item-07", "item-08"}


@pytest.mark.parametrize(
    ("condition", "n", "message"),
    [
        ("none", 2, "'none' has no pictures in this set; those that have are gradcam, pv"),
        ("pv_exemplar", 2, "'pv_exemplar' has no pictures"),
        ("pv", 9, r"9 items \(model wrong\) cannot be drawn: the set has 8"),
        ("pv", 0, "0 items"),
    ],
)
def test_what_a_set_does_not_have_is_said(condition, n, message):
    with pytest.raises(ImageDataError, match=message):
        draw_blind_items(manifest(), condition, "model_wrong", n, seed=1)


def item(name, prediction="boat", truth="fish"):
    return BlindItem(name, f"{name}.webp", tuple(OPTIONS), prediction, (truth,))


def test_a_guess_counts_where_it_is_the_models_prediction():
    items = [item("a"), item("b"), item("c"), item("d")]
    score = score_guesses(items, {"a": "boat", "b": "fish", "c": ""})
    assert score == Score(n=4, prediction=1, truth=1, chance=0.25)


def test_guesses_that_are_no_options_are_listed_all_at_once():
    with pytest.raises(ImageDataError, match=r"2 guesses .*a: 'bat'; e: 'boat'"):
        score_guesses([item("a"), item("b")], {"a": "bat", "b": "boat", "e": "boat"})


def test_the_interval_is_clopper_pearsons():
    # R: binom.test(9, 14)$conf.int
    assert Score(14, 9, 0, 0.25).interval() == pytest.approx((0.3513801, 0.8724016), abs=1e-6)


def test_scores_of_several_readers_add_up():
    assert Score(10, 4, 1, 0.25) + Score(30, 20, 2, 0.5) == Score(40, 24, 3, 0.4375)
