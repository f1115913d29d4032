import pytest
import torch

from pv_engine.training.losses.perceptual_loss import perceptual_loss


def maps(*values: float) -> torch.Tensor:
    return torch.tensor(values).reshape(1, -1, 1, 1)


def test_opposite_features_are_at_the_greatest_distance():
    assert perceptual_loss([maps(1.0, 0.0)], [maps(-2.0, 0.0)]).item() == pytest.approx(4)


def test_only_the_direction_counts():
    assert perceptual_loss([maps(3.0, 4.0)], [maps(6.0, 8.0)]).item() == pytest.approx(0, abs=1e-6)


def test_layers_count_alike_whatever_their_size():
    wide = torch.ones(1, 2, 8, 8)
    pair = perceptual_loss([maps(1.0, 0.0), wide], [maps(0.0, 1.0), wide])
    assert pair.item() == pytest.approx((2 + 0) / 2)


def test_features_of_nothing_have_a_gradient():
    blank = torch.zeros(1, 2, 1, 1, requires_grad=True)
    perceptual_loss([maps(1.0, 0.0)], [blank]).backward()
    assert blank.grad.isfinite().all()
