"""A recipe's networks without stimuli: the first phases of a build.

For comparing decoders, and for training on a machine that has no Django.
"""

from collections.abc import Iterator
from pathlib import Path

from pv_engine.pipeline.data import DataPhase
from pv_engine.pipeline.training.autoencoder import AutoencoderTraining
from pv_engine.pipeline.training.classifier import ClassifierTraining
from pv_engine.pipeline.training.phase import Training, TrainingPhase
from pv_engine.pipeline.training.profiles import decoder_trainings
from pv_engine.pipeline.work_folder import claim_folder
from pv_engine.pipeline.workspace import Phase, PhaseProgress, Workspace
from pv_engine.recipe.reading import Recipe
from pv_engine.recipe.resources import Resources
from pv_engine.runtime.device import choose_device
from pv_engine.training.team import ALONE, Team


class DecoderWorkspace(Workspace):
    """A workspace whose finished classifier may know other classes than the data has.

    A decoder is trained on features and pictures; the data's labels play no part in it.
    """

    @property
    def num_classes(self) -> int | None:
        return None if self.recipe.classifier.train == "none" else super().num_classes


class DecoderBuild:
    """Images, classifier and decoder of a recipe; goes on where a build in the folder stopped.

    Processes of a team each make one on the same folder.
    """

    def __init__(
        self,
        recipe: Recipe,
        work_dir: Path,
        resources: Resources | None = None,
        team: Team = ALONE,
        with_autoencoder: bool = False,
    ) -> None:
        with team.first_goes_first():
            claim_folder(recipe, work_dir)
        device, resources = choose_device(), resources or Resources()
        self.workspace = DecoderWorkspace(recipe, work_dir, device, resources, team)
        trainings: list[Training] = [
            ClassifierTraining(self.workspace),
            *decoder_trainings(self.workspace),
        ]
        if with_autoencoder:
            trainings.append(AutoencoderTraining(self.workspace))
        self.phases: list[Phase] = [
            DataPhase(self.workspace),
            *(TrainingPhase(training) for training in trainings),
        ]

    def run(self, seconds: float = 20.0, until: str = "") -> Iterator[str]:
        """Finish all phases, or those up to `until`, and say after each segment how far they are.

        Raises an EngineError that the user can fix.
        """
        names = [phase.name for phase in self.phases]
        for phase in self.phases[: names.index(until) + 1] if until else self.phases:
            while not self._is_done(phase):
                progress = self._advance(phase, seconds)
                yield f"{phase.name}, {_percent(progress)} %: {progress.message}"

    def _is_done(self, phase: Phase) -> bool:
        return self.workspace.team.by_the_first(lambda: phase.is_done)

    def _advance(self, phase: Phase, seconds: float) -> PhaseProgress:
        # Only trainings are done together; the pictures are read by one process.
        if isinstance(phase, TrainingPhase):
            return phase.advance(seconds)
        return self.workspace.team.by_the_first(lambda: phase.advance(seconds))


def _percent(progress: PhaseProgress) -> int:
    return 100 * progress.done // max(1, progress.total)
