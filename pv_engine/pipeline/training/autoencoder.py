"""Trains the reference autoencoder as long as the decoder."""

from pv_engine.pipeline.training.phase import Preparation
from pv_engine.pipeline.training.trainers import picture_trainer
from pv_engine.pipeline.workspace import Workspace
from pv_engine.training.features.kept import KeptFeatures
from pv_engine.training.loop import Trainer
from pv_engine.training.objectives.autoencoder import AutoencoderObjective


class AutoencoderTraining:
    """By the recipe's [decoder] section, on pictures alone."""

    name = "autoencoder"
    classes: tuple[str, ...] = ()
    kept: KeptFeatures | None = None

    def __init__(self, workspace: Workspace) -> None:
        self.workspace = workspace
        self.weights = workspace.autoencoder_path

    def preparations(self) -> list[Preparation]:
        return []

    def trainer(self) -> Trainer:
        workspace = self.workspace
        training, _ = workspace.training()
        validation, _ = workspace.validation()
        training.hold_if_it_fits()
        objective = AutoencoderObjective(
            workspace.new_autoencoder(), workspace.recipe.decoder, training, validation
        )
        return picture_trainer(workspace, self.name, objective, len(training))
