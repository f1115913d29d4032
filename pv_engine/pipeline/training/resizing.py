"""The training of the decoder profile `resizing`, in one stage."""

from pv_engine.networks.classifier import Classifier
from pv_engine.networks.frozen import build_frozen
from pv_engine.pipeline.training.trainers import picture_trainer
from pv_engine.pipeline.training.upsampling import FromStoredFeatures
from pv_engine.pipeline.workspace import Workspace
from pv_engine.recipe import ClassifierConfig
from pv_engine.training.loop import Trainer
from pv_engine.training.objectives.resizing import ResizingObjective


class ResizingTraining(FromStoredFeatures):
    """Of a decoder that enlarges by interpolation."""

    name = "decoder"

    def __init__(self, workspace: Workspace) -> None:
        super().__init__(workspace)
        self.weights = workspace.decoder_path

    def trainer(self) -> Trainer:
        workspace, recipe = self.workspace, self.workspace.recipe
        validation, _ = workspace.validation()
        objective = ResizingObjective(
            workspace.new_decoder(workspace.classifier),
            recipe.decoder,
            self.features,
            validation,
            recipe.classifier.task,
            _perceptual_network(workspace),
        )
        return picture_trainer(workspace, self.name, objective, len(self.features.pictures))


def _perceptual_network(workspace: Workspace) -> Classifier | None:
    """The network whose early features are compared, unless they are the classifier's own."""
    recipe, config = workspace.recipe, workspace.recipe.decoder
    if not config.perceptual_weight or config.perceptual == "own":
        return None
    network = ClassifierConfig(
        architecture=config.perceptual,
        weights=config.perceptual_weights,
        width=config.perceptual_width,
        train="none",
    )
    return build_frozen(recipe, network, recipe.data.image_size, workspace.device)
