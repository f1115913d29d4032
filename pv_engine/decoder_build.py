"""A decoder without stimuli: the first phases of a build, for comparing decoders."""

from collections.abc import Iterator
from pathlib import Path

from pv_engine.device import choose_device
from pv_engine.phases.data import DataPhase
from pv_engine.phases.training import classifier_phase, decoder_phase
from pv_engine.phases.workspace import Workspace
from pv_engine.pipeline import Phase, claim_folder
from pv_engine.recipe import Recipe


class DecoderWorkspace(Workspace):
    """A workspace whose finished classifier may know other classes than the data has.

    A decoder is trained on features and pictures; the data's labels play no part in it.
    """

    @property
    def num_classes(self) -> int | None:
        return None if self.recipe.classifier.train == "none" else super().num_classes


class DecoderBuild:
    """Images, classifier and decoder of a recipe; goes on where a build in the folder stopped."""

    def __init__(self, recipe: Recipe, work_dir: Path) -> None:
        claim_folder(recipe, work_dir)
        self.workspace = DecoderWorkspace(recipe, work_dir, choose_device())
        self.phases: list[Phase] = [
            DataPhase(self.workspace),
            classifier_phase(self.workspace),
            decoder_phase(self.workspace),
        ]

    def run(self, seconds: float = 20.0) -> Iterator[str]:
        """Finish the decoder, a segment at a time, telling after each how far it is.

        Raises an EngineError for the user to mend.
        """
        for phase in self.phases:
            while not phase.is_done:
                yield f"{phase.name}: {phase.advance(seconds).message}"
