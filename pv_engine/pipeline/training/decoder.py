"""Trains the decoder on the frozen classifier's features."""

from pv_engine.networks.decoders.residual import ResidualDecoder
from pv_engine.networks.weights.files import load_weights
from pv_engine.pipeline.training.linear_start import LinearStart
from pv_engine.pipeline.training.phase import Preparation
from pv_engine.pipeline.training.trainers import kept_features, picture_trainer
from pv_engine.pipeline.workspace import Workspace
from pv_engine.quality.baselines import BaselineFit, drawn_side
from pv_engine.training.compiling import Compiled
from pv_engine.training.features.kept import KeptFeatures
from pv_engine.training.loop import Trainer
from pv_engine.training.objectives.decoder import DecoderObjective


class DecoderTraining:
    """By the recipe's [decoder] section."""

    name = "decoder"
    classes: tuple[str, ...] = ()

    def __init__(self, workspace: Workspace) -> None:
        self.workspace = workspace
        self.config = workspace.recipe.decoder
        self.weights = workspace.decoder_path
        self.kept: KeptFeatures | None = None
        self._start: LinearStart | None = None

    def preparations(self) -> list[Preparation]:
        wanted: list[Preparation] = []
        if self.config.profile == "residual":
            self._start = self._start or LinearStart(self.workspace, _full_size)
            wanted.append(self._start)
        self.kept = self.kept or kept_features(
            self.workspace,
            self.name,
            self.workspace.classifier.encode,
            self.config.batch_size,
            self.config.epochs,
            self.config.flip,
        )
        return [*wanted, self.kept] if self.kept else wanted

    def trainer(self) -> Trainer:
        workspace = self.workspace
        decoder = workspace.new_decoder(workspace.classifier)
        if isinstance(decoder, ResidualDecoder) and self._start is not None:
            load_weights(decoder.start, self._start.path)
        training, _ = workspace.training()
        validation, _ = workspace.validation()
        training.hold_if_it_fits()
        objective = DecoderObjective(
            decoder, workspace.classifier, self.config, training, validation, self.kept
        )
        if workspace.resources.compile_networks:
            objective.encode = Compiled(objective.encode, "encoder")
        return picture_trainer(workspace, self.name, objective, len(training))


def _full_size(workspace: Workspace) -> BaselineFit:
    size = workspace.recipe.data.image_size
    shape = workspace.classifier.feature_shape(size)
    return BaselineFit(shape, size, drawn_side(shape, size), workspace.device)
