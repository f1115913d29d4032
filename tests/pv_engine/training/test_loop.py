import itertools

import pytest
import torch

from pv_engine.errors import EngineError
from pv_engine.training.loop import Trainer
from pv_engine.training.schedule import Schedule
from tests.pv_engine.training.line import Line


def trainer(folder, factor=1.0, clock=None, scores=(), patience=0):
    line = Line(factor, scores)
    schedule = Schedule(40, 8, 6, 0.05, "cosine", seed=1, patience=patience)
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


def test_a_damaged_checkpoint_costs_steps_but_not_the_result(tmp_path, caplog):
    whole = trainer(tmp_path / "whole")
    whole.run(seconds=1000)
    for _ in range(2):
        broken = trainer(tmp_path / "broken")
        broken.run(seconds=5)
    newest = max((tmp_path / "broken").glob("step-*.pt"))
    newest.write_bytes(newest.read_bytes()[:50])
    resumed = trainer(tmp_path / "broken")
    assert resumed.state.step == 5
    assert f"{newest} cannot be read" in caplog.text
    assert "training continues from the previous one" in caplog.text
    resumed.run(seconds=1000)
    assert same_weights(whole, resumed)


def test_only_the_newest_two_checkpoints_are_kept(tmp_path):
    while not (run := trainer(tmp_path)).is_finished:
        run.run(seconds=3)
    assert len(list(tmp_path.glob("step-*.pt"))) == 2


def test_a_loss_that_is_not_finite_stops_with_the_step(tmp_path):
    with pytest.raises(EngineError, match=r"became (inf|nan) by step 1; lower the learning rate"):
        trainer(tmp_path, factor=float("inf")).run(seconds=1000)


def test_training_stops_when_validations_no_longer_get_better(tmp_path):
    # The second validation is the best; two later ones are not better, one of them equal.
    stopped = trainer(tmp_path, scores=[3, 1, 1, 2, 0, 0], patience=2)
    state = stopped.run(seconds=1000)
    assert stopped.has_stopped_early
    assert stopped.is_finished
    assert state.step == 4 * stopped.schedule.steps_per_epoch
    assert state.best_score == 1


def test_a_better_score_starts_the_patience_again(tmp_path):
    patient = trainer(tmp_path, scores=[3, 4, 2, 4, 1, 4], patience=2)
    assert patient.run(seconds=1000).step == patient.schedule.total_steps
    assert not patient.has_stopped_early


def test_no_patience_never_stops_early(tmp_path):
    endless = trainer(tmp_path, scores=[1, 2, 3, 4, 5, 6], patience=0)
    assert endless.run(seconds=1000).step == endless.schedule.total_steps


def test_a_score_that_is_no_number_counts_as_worse(tmp_path):
    stopped = trainer(tmp_path, scores=[float("nan"), 2, float("nan"), 3, 1, 1], patience=2)
    assert stopped.run(seconds=1000).step == 4 * stopped.schedule.steps_per_epoch


def test_a_run_that_stops_early_ends_in_the_same_bits_however_often_it_is_resumed(tmp_path):
    scores = [3, 1, 2, 2, 0, 0]
    whole = trainer(tmp_path / "whole", scores=scores, patience=2)
    whole.run(seconds=1000)
    # Validations give the scores in their order, so each new trainer gets the rest.
    while True:
        left = trainer(tmp_path / "steps", patience=2)
        seen = sum("score" in row for row in left.state.history)
        left.objective.scores = scores[seen:]
        if left.is_finished:
            break
        left.run(seconds=0)
    assert whole.state.step == left.state.step == 4 * whole.schedule.steps_per_epoch
    assert same_weights(whole, left)
    assert whole.best_weights.read_bytes() == left.best_weights.read_bytes()


def test_a_point_of_the_curve_is_the_mean_loss_since_the_point_before(tmp_path, monkeypatch):
    monkeypatch.setattr("pv_engine.training.schedule.RECORDS", 10)
    run = trainer(tmp_path)
    seen = []
    losses = run.objective.losses

    def noted(batch):
        terms = losses(batch)
        seen.append(float(terms["total"].detach()))
        return terms

    run.objective.losses = noted
    history = run.run(seconds=1000).history
    # 30 steps: every third is a point, and so is the end of each epoch of five.
    assert [row["step"] for row in history][:5] == [3, 5, 6, 9, 10]
    assert history[0]["total"] == pytest.approx(sum(seen[:3]) / 3)
    assert history[1]["total"] == pytest.approx(sum(seen[3:5]) / 2)
    assert ["score" in row for row in history][:5] == [False, True, False, False, True]


def test_the_speed_counts_pictures_and_what_is_left(tmp_path):
    run = trainer(tmp_path)
    run.run(seconds=3)  # three steps and a checkpoint, four ticks of the clock
    assert run.speed.images_per_second == pytest.approx(3 * 8 / 4)
    assert run.speed.seconds_left == pytest.approx((30 - 3) * 4 / 3)
    run.run(seconds=1000)
    assert run.speed.seconds_left == 0


def test_global_randomness_is_as_before_and_that_of_a_step_is_its_own(tmp_path):
    drawn = []
    run = trainer(tmp_path)
    before = torch.random.get_rng_state()
    losses = run.objective.losses
    run.objective.losses = lambda batch: drawn.append(float(torch.rand(()))) or losses(batch)
    run.run(seconds=2)
    assert torch.equal(torch.random.get_rng_state(), before)
    again = trainer(tmp_path / "again")
    losses_again = again.objective.losses
    again.objective.losses = lambda batch: (
        drawn.append(float(torch.rand(()))) or losses_again(batch)
    )
    again.run(seconds=2)
    assert drawn[:2] == drawn[2:]
    assert drawn[0] != drawn[1]
