"""From a recipe to a stimulus set, in bounded segments whose whole state is on disk."""

import logging
from dataclasses import dataclass
from pathlib import Path

from pv_engine.pipeline.checks import Checks
from pv_engine.pipeline.data import DataPhase
from pv_engine.pipeline.exemplars import ExemplarPhase
from pv_engine.pipeline.publish import PublishPhase
from pv_engine.pipeline.quality.phase import QualityPhase
from pv_engine.pipeline.render import RenderPhase
from pv_engine.pipeline.select import SelectPhase
from pv_engine.pipeline.training.autoencoder import AutoencoderTraining
from pv_engine.pipeline.training.classifier import ClassifierTraining
from pv_engine.pipeline.training.phase import TrainingPhase
from pv_engine.pipeline.training.profiles import decoder_trainings
from pv_engine.pipeline.work_folder import claim_folder
from pv_engine.pipeline.workspace import Phase, PhaseProgress, Workspace
from pv_engine.recipe.reading import Recipe
from pv_engine.recipe.resources import Resources
from pv_engine.runtime.device import choose_device, describe_device

logger = logging.getLogger(__name__)

# Each phase's share of the whole, for the progress bar only. Some phases are those of some recipes
# only; the shares of the phases that a build has are scaled to fill the bar.
SHARES = {
    "data": 100,
    "classifier": 340,
    "select": 50,
    "exemplars": 60,
    "layout": 120,
    "decoder": 470,
    "autoencoder": 300,
    "render": 30,
    "quality": 40,
    "publish": 10,
}


@dataclass(frozen=True)
class Progress:
    """How far a build is: phase, its own count, the whole in permille, a sentence, the device.

    `stimulus_folder` is set when all is finished. During a training, `images_per_second` and
    `seconds_left` give its speed, and `curve` its losses so far, a row for each record.
    """

    phase: str
    done: int
    total: int
    permille: int
    message: str
    device: str
    stimulus_folder: Path | None
    images_per_second: float | None = None
    seconds_left: float | None = None
    curve: tuple[dict[str, float], ...] = ()


class StimulusBuild:
    """One build. A new object on the same folders goes on where the last one stopped."""

    def __init__(
        self,
        recipe: Recipe,
        work_dir: Path,
        out_dir: Path,
        resources: Resources | None = None,
    ) -> None:
        claim_folder(recipe, work_dir)
        workspace = Workspace(recipe, work_dir, choose_device(), resources or Resources())
        self.device = describe_device(workspace.device)
        self.workspace = workspace
        self._is_checked = False
        self.publish = PublishPhase(workspace, out_dir)
        has_reference = recipe.rendering.needs("autoencoder")
        self.render = RenderPhase(workspace)
        self.phases: list[Phase] = [
            DataPhase(workspace),
            TrainingPhase(ClassifierTraining(workspace)),
            # Before the decoder, which takes longest: too few items are then found out early.
            SelectPhase(workspace),
            *([ExemplarPhase(workspace, recipe.exemplar)] if recipe.exemplar else []),
            *(TrainingPhase(training) for training in decoder_trainings(workspace)),
            *([TrainingPhase(AutoencoderTraining(workspace))] if has_reference else []),
            self.render,
            QualityPhase(workspace),
            self.publish,
        ]

    def advance(self, seconds: float = 20.0) -> Progress:
        """Run one segment of the first unfinished phase, for about `seconds`.

        Before the first, whatever can be known to stop the build later is checked.
        Its result is on disk before this returns. Raises an EngineError that the user can fix.
        """
        if not (self._is_checked or self.phases[0].is_done):
            for note in Checks(self.workspace).run():
                logger.warning("%s", note)
            self._is_checked = True
        before = 0
        for phase in self.phases:
            if not phase.is_done:
                return self._progress(phase, before, phase.advance(seconds))
            before += SHARES[phase.name]
        return self._progress(self.publish, before, PhaseProgress(1, 1, "Finished"))

    def shared_phase(self) -> RenderPhase | None:
        """The phase that is next, if several workers may share it."""
        phase = next((phase for phase in self.phases if not phase.is_done), None)
        return self.render if phase is self.render else None

    def shared_progress(self, done: int) -> Progress:
        """Return the progress when n chunks of the shared phase are done."""
        before = 0
        for phase in self.phases:
            if phase is self.render:
                break
            before += SHARES[phase.name]
        return self._progress(self.render, before, self.render.progress(done))

    def _progress(self, phase: Phase, before: int, part: PhaseProgress) -> Progress:
        share = SHARES[phase.name] * part.done / max(1, part.total)
        whole = sum(SHARES[each.name] for each in self.phases)
        return Progress(
            phase=phase.name,
            done=part.done,
            total=part.total,
            permille=int(1000 * (before + share) / whole),
            message=part.message,
            device=self.device,
            stimulus_folder=self.publish.stimulus_folder,
            images_per_second=part.images_per_second,
            seconds_left=part.seconds_left,
            curve=part.curve,
        )
