"""The trainings of the decoder profile `upsampling`: the layout, then the details."""

from pathlib import Path

import torch

from pv_engine.networks.decoders.upsampling import UpsamplingDecoder, build_layout
from pv_engine.networks.weights.files import load_weights
from pv_engine.pipeline.training.phase import Preparation
from pv_engine.pipeline.training.trainers import new_trainer, picture_trainer
from pv_engine.pipeline.workspace import Workspace
from pv_engine.training.features.kept import KeptFeatures
from pv_engine.training.features.stored import StoredFeatures
from pv_engine.training.loop import Trainer
from pv_engine.training.objectives.layout import LayoutObjective
from pv_engine.training.objectives.upsampling import UpsamplingObjective
from pv_engine.training.schedule import Schedule


class FromStoredFeatures:
    """What both trainings share: the features on disk that they need first."""

    # They outlive the first training, so it must not discard them.
    kept: KeptFeatures | None = None
    classes: tuple[str, ...] = ()

    def __init__(self, workspace: Workspace) -> None:
        self.workspace = workspace
        self.config = workspace.recipe.decoder
        self._features: StoredFeatures | None = None

    @property
    def features(self) -> StoredFeatures:
        if self._features is None:
            training, _ = self.workspace.training()
            self._features = StoredFeatures(
                self.workspace.folder / "decoder" / "features.npy",
                self.workspace.classifier,
                training,
                self.config.flip,
                self.config.precision,
            )
        return self._features

    def preparations(self) -> list[Preparation]:
        return [self.features]


class LayoutTraining(FromStoredFeatures):
    """The layout alone."""

    name = "layout"

    def __init__(self, workspace: Workspace) -> None:
        super().__init__(workspace)
        self.weights = _layout_path(workspace)

    def trainer(self) -> Trainer:
        workspace, config = self.workspace, self.config
        size, seed = workspace.recipe.data.image_size, workspace.recipe.seed
        shape = workspace.classifier.feature_shape(size)
        layout = build_layout(shape, size, config.width, seed).to(workspace.device)
        validation, _ = workspace.validation()
        objective = LayoutObjective(layout, config, self.features, validation)
        objective.begin_at_mean()
        optimizer = torch.optim.AdamW(
            layout.parameters(),
            lr=config.layout_learning_rate,
            weight_decay=config.layout_weight_decay,
        )
        rows = len(self.features.pictures)
        schedule = Schedule(
            rows,
            min(config.layout_batch_size, rows),
            config.layout_epochs,
            config.layout_learning_rate,
            "cosine",
            seed + 2,
        )
        return new_trainer(workspace, self.name, objective, schedule, optimizer)


class DetailsTraining(FromStoredFeatures):
    """The details on top of the finished layout; both are stored as the decoder."""

    name = "decoder"

    def __init__(self, workspace: Workspace) -> None:
        super().__init__(workspace)
        self.weights = workspace.decoder_path

    def trainer(self) -> Trainer:
        workspace, recipe = self.workspace, self.workspace.recipe
        decoder = workspace.new_decoder(workspace.classifier)
        assert isinstance(decoder, UpsamplingDecoder)  # noqa: S101 - by the profile; for mypy
        load_weights(decoder.layout, _layout_path(workspace))
        validation, _ = workspace.validation()
        objective = UpsamplingObjective(
            decoder, recipe.decoder, self.features, validation, recipe.classifier.task
        )
        return picture_trainer(workspace, self.name, objective, len(self.features.pictures))


def _layout_path(workspace: Workspace) -> Path:
    return workspace.folder / "layout" / "layout.safetensors"
