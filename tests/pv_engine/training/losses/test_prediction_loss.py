import pytest
import torch
from torch.nn import functional

from pv_engine.training.losses.prediction_loss import prediction_loss

Logits = tuple[torch.Tensor, torch.Tensor]


@pytest.fixture
def logits():
    generator = torch.Generator().manual_seed(0)
    return torch.randn(5, 4, generator=generator), torch.randn(5, 4, generator=generator)


def test_of_single_labels_it_is_the_divergence_of_the_softmax(logits: Logits):
    first, second = (each.log_softmax(dim=1) for each in logits)
    expected = functional.kl_div(second, first, log_target=True, reduction="batchmean")
    assert prediction_loss(*logits, "single_label").item() == pytest.approx(expected.item())


def test_of_many_labels_it_is_the_sum_of_each_classs_divergence(logits: Logits):
    p, q = (torch.sigmoid(each) for each in logits)
    each = p * (p / q).log() + (1 - p) * ((1 - p) / (1 - q)).log()
    expected = each.sum(dim=1).mean()
    assert prediction_loss(*logits, "multi_label").item() == pytest.approx(expected.item())


@pytest.mark.parametrize("task", ["single_label", "multi_label"])
def test_equal_answers_cost_nothing_and_sure_ones_stay_finite(logits, task):
    sure = 1000 * logits[0]
    assert prediction_loss(sure, sure, task).item() == 0
    assert torch.isfinite(prediction_loss(sure, -sure, task))
