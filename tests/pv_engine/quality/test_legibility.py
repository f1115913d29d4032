import math

import pytest
import torch

from pv_engine.items.selection import Pick
from pv_engine.quality.legibility import answers, count_answers, named_probabilities, read_kinds


def pick(stratum, prediction, truth, options):
    return Pick("item", 0, stratum, prediction, (prediction,), truth, options)


def test_the_answer_is_the_best_of_the_options_even_if_another_class_is_better():
    logits = torch.tensor([[9.0, 1.0, 3.0, 2.0]])
    assert answers(logits, [pick("model_wrong", 1, (3,), (3, 1))]) == [3]
    assert answers(logits, [pick("model_wrong", 1, (3,), (1, 2, 3))]) == [2]


def test_answers_are_counted_by_stratum_for_the_prediction_and_for_the_truth():
    picks = [
        pick("model_wrong", 0, (1, 2), (0, 1, 2, 3)),
        pick("model_wrong", 0, (1,), (0, 1, 2, 3)),
        pick("model_right", 2, (2,), (0, 1, 2, 3)),
    ]
    counts = count_answers([0, 1, 2], picks)
    assert counts == {
        "model_wrong": {"pictures": 2, "prediction": 1, "truth": 1},
        "model_right": {"pictures": 1, "prediction": 1, "truth": 1},
        "all": {"pictures": 3, "prediction": 2, "truth": 2},
    }


def test_each_kind_is_read_by_its_own_head():
    picks = [pick("model_wrong", 0, (1,), (0, 1))]
    features = torch.tensor([[[1.0, 0.0], [1.0, 0.0]]])  # one picture, two kinds
    as_it_is, swapped = torch.nn.Identity(), torch.nn.Linear(2, 2, bias=False)
    swapped.weight.data = torch.tensor([[0.0, 1.0], [1.0, 0.0]])
    counts = read_kinds(["gradcam", "pv"], [as_it_is, swapped], features, picks)
    assert counts["gradcam"]["all"]["prediction"] == 1
    assert counts["pv"]["all"]["truth"] == 1


def test_a_stimulus_is_as_legible_as_its_prediction_is_probable_among_the_options():
    picks = [pick("model_wrong", 0, (1,), (1, 0))]
    features = torch.tensor([[[0.0, 0.0, 9.0], [2.0, 0.0, 9.0]]])  # one picture, two kinds
    found = named_probabilities(["gradcam", "pv"], [torch.nn.Identity()] * 2, features, picks)
    assert found["gradcam"] == {"item": 0.5}
    assert found["pv"]["item"] == pytest.approx(1 / (1 + math.exp(-2)), abs=1e-4)
