import pytest
import torch
from sklearn.metrics import average_precision_score

from pv_engine.recipe import ClassifierConfig
from pv_engine.training.validation_measures import (
    average_precision,
    is_model_right,
    is_model_wrong,
    mean_average_precision,
    predicted_sets,
    reconstruction_quality,
)


def test_mean_average_precision_equals_scikit_learns():
    generator = torch.Generator().manual_seed(0)
    scores = torch.randn(60, 5, generator=generator)
    labels = (torch.rand(60, 5, generator=generator) < 0.3).float()
    expected = average_precision_score(labels.numpy(), scores.numpy(), average="macro")
    assert mean_average_precision(scores, labels) == pytest.approx(expected, abs=1e-6)


def test_a_class_without_a_positive_has_no_precision_and_does_not_count_in_the_mean():
    scores, labels = torch.tensor([[3.0, 1.0], [2.0, 0.0]]), torch.tensor([[0.0, 0.0], [1.0, 0.0]])
    each = average_precision(scores, labels)
    assert each[0] == 0.5
    assert each[1].isnan()
    assert mean_average_precision(scores, labels) == 0.5


def test_the_strata_leave_out_partly_right_and_empty_predictions():
    actual = torch.tensor([[1, 1, 0], [1, 1, 0], [1, 0, 0], [1, 0, 0]]).bool()
    predicted = torch.tensor([[1, 1, 0], [1, 0, 0], [0, 0, 1], [0, 0, 0]]).bool()
    assert is_model_right(predicted, actual).tolist() == [True, False, False, False]
    assert is_model_wrong(predicted, actual).tolist() == [False, False, True, False]


def test_a_class_belongs_to_the_predicted_set_from_the_threshold_on():
    logits = torch.logit(torch.tensor([[0.29, 0.3, 0.9]], dtype=torch.float64))
    sets = predicted_sets(logits, ClassifierConfig(threshold=0.3))
    assert sets.tolist() == [[False, True, True]]


def test_psnr_follows_from_the_squared_error():
    images = torch.zeros(2, 3, 16, 16)
    quality = reconstruction_quality(images, images + 0.1)
    assert quality["mse"] == pytest.approx(0.01, rel=1e-5)
    assert quality["psnr"] == pytest.approx(20.0, abs=1e-4)
