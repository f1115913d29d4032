import pytest
import torch

from pv_engine.training.schedule import Schedule


def test_every_epoch_sees_every_sample_once_in_another_order():
    schedule = Schedule(40, 8, 2, 0.1, "constant", seed=1)
    epochs = [
        torch.cat([schedule.batch(step) for step in range(first, first + 5)]) for first in (0, 5)
    ]
    assert all(sorted(epoch.tolist()) == list(range(40)) for epoch in epochs)
    assert epochs[0].tolist() != epochs[1].tolist()


def test_cosine_rates_warm_up_and_fall_to_nearly_zero():
    schedule = Schedule(1000, 10, 4, 0.1, "cosine", seed=1)
    rates = [schedule.rate(step) for step in range(schedule.total_steps)]
    assert max(rates) == pytest.approx(0.1)
    assert rates[0] < 0.02
    assert rates[-1] < 0.001


@pytest.mark.parametrize(("rows", "epochs"), [(40, 2), (1000, 3), (8000, 250), (5000, 17)])
def test_a_curve_has_fewer_than_225_points(rows, epochs):
    schedule = Schedule(rows, 8, epochs, 0.1, "constant", seed=1)
    points = [step for step in range(schedule.total_steps) if schedule.records_after(step)]
    assert len(points) < 225
    assert points[-1] == schedule.total_steps - 1
    assert len(points) >= min(schedule.total_steps, 100)
