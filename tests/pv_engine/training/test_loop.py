import itertools

import pytest
import torch
from torch import nn

from pv_engine.errors import EngineError
from pv_engine.training.loop import Schedule, Trainer


class Line:
    """Fits a line with batch norm and noise, so that every kind of state matters."""

    def __init__(self, factor: float = 1.0):
        torch.manual_seed(0)
        self.module = nn.Sequential(nn.Linear(2, 4), nn.BatchNorm1d(4), nn.Linear(4, 1))
        self.inputs = torch.rand(40, 2, generator=torch.Generator().manual_seed(5))
        self.factor = factor

    def losses(self, rows, generator):
        self.module.train()
        noise = 0.1 * torch.randn(len(rows), 2, generator=generator)
        error = self.module(self.inputs[rows] + noise)[:, 0] - self.inputs[rows].sum(dim=1)
        return {"total": self.factor * (error**2).mean()}

    def validate(self):
        self.module.eval()
        with torch.no_grad():
            error = self.module(self.inputs)[:, 0] - self.inputs.sum(dim=1)
        return {"score": float((error**2).mean())}


def trainer(folder, factor=1.0, clock=None):
    line = Line(factor)
    schedule = Schedule(40, 8, 6, 0.05, "cosine", seed=1)
    optimizer = torch.optim.Adam(line.module.parameters(), lr=0.05)
    ticks = clock or itertools.count().__next__
    return Trainer(line, schedule, optimizer, folder, torch.device("cpu"), clock=ticks)


def same_weights(first, second):
    states = first.objective.module.state_dict(), second.objective.module.state_dict()
    return all(torch.equal(states[0][key], states[1][key]) for key in states[0])


def test_a_run_that_is_resumed_after_every_step_ends_in_the_same_bits(tmp_path):
    whole = trainer(tmp_path / "whole")
    whole.run(seconds=1000)
    while not (stepwise := trainer(tmp_path / "steps")).is_finished:
        stepwise.run(seconds=0)
    assert whole.is_finished
    assert same_weights(whole, stepwise)
    assert whole.best_weights.read_bytes() == stepwise.best_weights.read_bytes()
    assert whole.state.history == stepwise.state.history


def test_a_segment_ends_at_the_first_step_after_its_time(tmp_path):
    state = trainer(tmp_path).run(seconds=3)
    assert state.step == 3


def test_a_damaged_checkpoint_costs_steps_but_not_the_result(tmp_path):
    whole = trainer(tmp_path / "whole")
    whole.run(seconds=1000)
    for _ in range(2):
        broken = trainer(tmp_path / "broken")
        broken.run(seconds=5)
    newest = max((tmp_path / "broken").glob("step-*.pt"))
    newest.write_bytes(newest.read_bytes()[:50])
    resumed = trainer(tmp_path / "broken")
    assert resumed.state.step == 5
    resumed.run(seconds=1000)
    assert same_weights(whole, resumed)


def test_only_the_newest_two_checkpoints_are_kept(tmp_path):
    while not (run := trainer(tmp_path)).is_finished:
        run.run(seconds=3)
    assert len(list(tmp_path.glob("step-*.pt"))) == 2


def test_a_loss_that_is_not_finite_stops_with_the_step(tmp_path):
    with pytest.raises(EngineError, match=r"became (inf|nan) at step 5; lower the learning rate"):
        trainer(tmp_path, factor=float("inf")).run(seconds=1000)


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
