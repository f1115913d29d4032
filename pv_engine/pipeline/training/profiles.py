"""The decoder profiles: for each name, what trains it, in order."""

from collections.abc import Callable

from pv_engine.pipeline.training.decoder import DecoderTraining
from pv_engine.pipeline.training.phase import Training
from pv_engine.pipeline.training.resizing import ResizingTraining
from pv_engine.pipeline.training.upsampling import DetailsTraining, LayoutTraining
from pv_engine.pipeline.workspace import Workspace

TRAININGS: dict[str, tuple[Callable[[Workspace], Training], ...]] = {
    "paper": (DecoderTraining,),
    "residual": (DecoderTraining,),
    "upsampling": (LayoutTraining, DetailsTraining),
    "resizing": (ResizingTraining,),
}


def decoder_trainings(workspace: Workspace) -> list[Training]:
    """Return the trainings of the recipe's decoder, in order."""
    return [training(workspace) for training in TRAININGS[workspace.recipe.decoder.profile]]
