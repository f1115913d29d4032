"""How far a training is, for people: the loss, the speed, the time left."""

from pv_engine.pipeline.workspace import PhaseProgress
from pv_engine.runtime.durations import in_words
from pv_engine.training.loop import Trainer


def progress_of(trainer: Trainer) -> PhaseProgress:
    """A trainer's progress after a segment, in steps, with its curve."""
    step, total = trainer.state.step, trainer.schedule.total_steps
    speed, history = trainer.speed, trainer.state.history
    parts = [_measures(history[-1])] if history else []
    if trainer.has_stopped_early and step < total:
        parts.insert(0, f"stopped at step {step} of {total}, as it no longer got better")
        total = step
    elif speed is not None:
        # First, because a narrow terminal cuts the end off.
        parts[:0] = [
            f"{speed.images_per_second:.3g} images/s",
            f"{in_words(speed.seconds_left)} left",
        ]
    return PhaseProgress(
        step,
        total,
        ", ".join(parts),
        images_per_second=speed.images_per_second if speed else None,
        seconds_left=speed.seconds_left if speed else None,
        curve=tuple(history),
    )


def _measures(row: dict[str, float]) -> str:
    shown = {name: value for name, value in row.items() if name != "step"}
    return ", ".join(f"{name.replace('_', ' ')} {value:.4f}" for name, value in shown.items())
