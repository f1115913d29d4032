"""The trainings of a recipe's decoder, in order, as its profile declares them."""

from pv_engine.pipeline.training.phase import Training
from pv_engine.pipeline.workspace import Workspace
from pv_engine.recipe.registries.profiles import PROFILES
from pv_engine.registry import imported


def decoder_trainings(workspace: Workspace) -> list[Training]:
    """Return the trainings of the recipe's decoder, in order."""
    stages = PROFILES[workspace.recipe.decoder.profile].stages
    return [imported(training)(workspace) for _, training in stages]
