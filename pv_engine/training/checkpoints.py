"""Saves and finds training checkpoints. The step is read from inside the file, not its name."""

import io
import logging
import pickle
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from pv_engine.data.atomic_files import write_atomically

logger = logging.getLogger(__name__)

KEPT = 2


@dataclass(frozen=True)
class Checkpoint:
    """The complete state of a training, from which it resumes bit for bit."""

    step: int
    module: dict[str, Any]
    optimizer: dict[str, Any]
    best_score: float
    history: list[dict[str, float]]
    """One row per record: the step, the mean loss terms since the previous row, and after a
    validation its measures."""
    running: dict[str, Tensor] = field(default_factory=dict)
    """Sums of the loss terms since the last row."""
    running_steps: int = 0


def save_checkpoint(folder: Path, checkpoint: Checkpoint) -> None:
    """Write a checkpoint; remove all but the newest two, and partial files of killed processes."""
    buffer = io.BytesIO()
    torch.save(vars(checkpoint), buffer)
    write_atomically(folder / f"step-{checkpoint.step:08d}.pt", buffer.getvalue())
    for old in sorted(folder.glob("step-*.pt"))[:-KEPT]:
        old.unlink()
    for left in folder.glob(".step-*.partial"):
        left.unlink()


def latest_checkpoint(folder: Path, device: torch.device) -> Checkpoint | None:
    """Return the readable checkpoint with the highest step, or None.

    A damaged file is skipped with a warning: the previous one leads to the same weights.
    """
    found = [_read(path, device) for path in sorted(folder.glob("step-*.pt"))]
    return max(
        (checkpoint for checkpoint in found if checkpoint),
        key=lambda checkpoint: checkpoint.step,
        default=None,
    )


def _read(path: Path, device: torch.device) -> Checkpoint | None:
    try:
        return Checkpoint(**torch.load(path, map_location=device, weights_only=True))
    except (
        OSError,
        RuntimeError,
        EOFError,
        KeyError,
        ValueError,
        TypeError,
        pickle.UnpicklingError,
    ) as error:
        logger.warning(
            "The checkpoint %s cannot be read (%s) and is skipped; training continues from the "
            "previous one.",
            path,
            error,
        )
        return None
