"""A training phase: what comes before it, the trainer in segments, its best weights."""

import math
from collections.abc import Callable
from pathlib import Path
from typing import Protocol

from pv_engine.networks.weights.files import copy_weights
from pv_engine.pipeline.training.progress import progress_of
from pv_engine.pipeline.workspace import PhaseProgress, Segment, Workspace
from pv_engine.runtime.device import deterministic
from pv_engine.training.features.kept import KeptFeatures
from pv_engine.training.loop import Trainer


class Preparation(Protocol):
    """Something that must be complete before training; `str` says how far it is."""

    @property
    def is_complete(self) -> bool: ...

    def fill(self, goes_on: Callable[[], bool]) -> None:
        """Go on while `goes_on()`."""
        ...


class Training(Protocol):
    """What one phase trains."""

    workspace: Workspace
    name: str
    weights: Path
    kept: KeptFeatures | None
    # The names of the network's outputs, which its file holds; empty for a decoder.
    classes: tuple[str, ...]

    def preparations(self) -> list[Preparation]:
        """What the trainer needs, in this order; each the same object when asked again."""
        ...

    def trainer(self) -> Trainer | None:
        """The trainer; or None when nothing is to be trained, and the weights are stored."""
        ...


class TrainingPhase:
    """Runs one trainer until its schedule ends, then publishes its best weights."""

    def __init__(self, training: Training) -> None:
        self.training = training
        self.workspace = training.workspace
        self.name = training.name
        self.weights = training.weights
        self.trainer: Trainer | None = None

    @property
    def is_done(self) -> bool:
        return self.weights.is_file()

    def advance(self, seconds: float) -> PhaseProgress:
        """Prepare or train for about `seconds`; what was done is on disk afterwards."""
        segment = Segment(seconds)
        with deterministic(self.workspace.device):
            if self.trainer is None:
                waits_for = self._unprepared(segment)
                if waits_for is not None:
                    return PhaseProgress(0, 1, str(waits_for))
                self.trainer = self.training.trainer()
            if self.trainer is None:
                return PhaseProgress(1, 1, "Nothing to train")
            self.trainer.run(segment.seconds_left)
        if self.trainer.is_finished:
            self._publish(self.trainer)
        return progress_of(self.trainer)

    def _unprepared(self, segment: Segment) -> Preparation | None:
        """Go on with what comes before; what is still not complete when the segment is over.

        Processes that train together do it whole, one after the other.
        """
        team = self.workspace.team
        goes_on = segment.goes_on if team.is_alone else Segment(math.inf).goes_on
        with team.first_goes_first():
            for preparation in self.training.preparations():
                preparation.fill(goes_on)
                if not preparation.is_complete:
                    return preparation
        return None

    def _publish(self, trainer: Trainer) -> None:
        if self.workspace.team.leads:
            copy_weights(trainer.best_weights, self.weights, self.training.classes)
        self.workspace.team.wait()
        if self.training.kept is not None:
            self.training.kept.discard()
