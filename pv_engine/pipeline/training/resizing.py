"""The training of the decoder profile `resizing`, in one stage."""

from pv_engine.networks.classifier import Classifier
from pv_engine.networks.decoders.critic import WithCritic
from pv_engine.networks.decoders.resizing import ResizingDecoder, start_side
from pv_engine.networks.frozen import build_frozen
from pv_engine.networks.weights.files import load_weights
from pv_engine.pipeline.training.linear_start import LinearStart
from pv_engine.pipeline.training.phase import Preparation
from pv_engine.pipeline.training.trainers import picture_trainer
from pv_engine.pipeline.training.upsampling import FromStoredFeatures
from pv_engine.pipeline.workspace import Workspace
from pv_engine.quality.baselines import BaselineFit
from pv_engine.quality.overlapping import OverlappingFit
from pv_engine.recipe import ClassifierConfig
from pv_engine.training.loop import Trainer
from pv_engine.training.objectives.resizing import ResizingObjective

# The linear start has few thousand numbers for each pixel that it draws.
START_PICTURES = 3000


class ResizingTraining(FromStoredFeatures):
    """Of a decoder that enlarges by interpolation."""

    name = "decoder"

    def __init__(self, workspace: Workspace) -> None:
        super().__init__(workspace)
        self.weights = workspace.decoder_path
        self._start: LinearStart | None = None

    def preparations(self) -> list[Preparation]:
        self._start = self._start or LinearStart(self.workspace, _overlapping, START_PICTURES)
        return [self._start, *super().preparations()]

    def trainer(self) -> Trainer:
        workspace, recipe = self.workspace, self.workspace.recipe
        decoder = workspace.new_decoder(workspace.classifier)
        drawing = decoder.decoder if isinstance(decoder, WithCritic) else decoder
        if isinstance(drawing, ResizingDecoder) and self._start is not None:
            load_weights(drawing.start, self._start.path)
        validation, _ = workspace.validation()
        objective = ResizingObjective(
            decoder,
            recipe.decoder,
            self.features,
            validation,
            recipe.classifier.task,
            _perceptual_network(workspace),
        )
        return picture_trainer(workspace, self.name, objective, len(self.features.pictures))


def _overlapping(workspace: Workspace) -> BaselineFit:
    size = workspace.recipe.data.image_size
    shape = workspace.classifier.feature_shape(size)
    return OverlappingFit(shape, size, start_side(shape, size), workspace.device)


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
