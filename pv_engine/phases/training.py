"""The training phases: classifier, decoder, reference autoencoder, in segments that resume."""

import shutil
from collections.abc import Callable
from pathlib import Path

import torch

from pv_engine.device import deterministic
from pv_engine.networks.residual_decoder import ResidualDecoder
from pv_engine.networks.weights import load_weights, save_weights
from pv_engine.phases.workspace import PhaseProgress, Workspace
from pv_engine.quality.baselines import BaselineFit
from pv_engine.training.autoencoder_objective import AutoencoderObjective
from pv_engine.training.classifier_objective import ClassifierObjective
from pv_engine.training.decoder_objective import DecoderObjective
from pv_engine.training.images import Pictures
from pv_engine.training.loop import Objective, Schedule, Trainer


class TrainingPhase:
    """Runs one trainer until its schedule ends, then publishes its best weights."""

    def __init__(
        self, workspace: Workspace, name: str, weights: Path, make: Callable[[], Trainer | None]
    ) -> None:
        self.workspace = workspace
        self.name = name
        self.weights = weights
        self.make = make
        self.trainer: Trainer | None = None

    @property
    def is_done(self) -> bool:
        return self.weights.is_file()

    def advance(self, seconds: float) -> PhaseProgress:
        """Train for about `seconds` and write a checkpoint."""
        with deterministic(self.workspace.device):
            self.trainer = self.trainer or self.make()
            if self.trainer is None:
                return PhaseProgress(1, 1, "Nothing to train")
            state = self.trainer.run(seconds)
        if self.trainer.is_finished:
            partial = self.weights.with_suffix(".partial")
            shutil.copyfile(self.trainer.best_weights, partial)
            partial.replace(self.weights)
        total = self.trainer.schedule.total_steps
        return PhaseProgress(state.step, total, _latest(state.history))


def _latest(history: list[dict[str, float]]) -> str:
    if not history:
        return "Training"
    measures = {name: value for name, value in history[-1].items() if name != "step"}
    return ", ".join(f"{name.replace('_', ' ')} {value:.4f}" for name, value in measures.items())


def classifier_phase(workspace: Workspace) -> TrainingPhase:
    """Trains the classifier, or only stores it when the recipe trains nothing."""
    config, seed = workspace.recipe.classifier, workspace.recipe.seed

    def make() -> Trainer | None:
        classifier = workspace.new_classifier()
        if config.train == "none":
            save_weights(classifier, workspace.classifier_path)
            return None
        objective = ClassifierObjective(
            classifier, config, workspace.training(), workspace.validation()
        )
        optimizer = torch.optim.AdamW(
            objective.trainable(), lr=config.learning_rate, weight_decay=config.weight_decay
        )
        rows = len(objective.training_pictures)
        schedule = Schedule(
            rows,
            min(config.batch_size, rows),
            config.epochs,
            config.learning_rate,
            "cosine",
            seed,
        )
        folder = workspace.folder / "classifier"
        return Trainer(objective, schedule, optimizer, folder, workspace.device)

    return TrainingPhase(workspace, "classifier", workspace.classifier_path, make)


def decoder_phase(workspace: Workspace) -> TrainingPhase:
    """Trains the decoder on the frozen classifier's features."""
    config = workspace.recipe.decoder

    def make() -> Trainer:
        decoder = workspace.new_decoder(workspace.classifier)
        training, _ = workspace.training()
        validation, _ = workspace.validation()
        if isinstance(decoder, ResidualDecoder):
            fill_start(decoder, workspace, training)
        objective = DecoderObjective(decoder, workspace.classifier, config, training, validation)
        return _picture_trainer(workspace, "decoder", objective, len(training))

    return TrainingPhase(workspace, "decoder", workspace.decoder_path, make)


def fill_start(decoder: ResidualDecoder, workspace: Workspace, training: Pictures) -> None:
    """Fit the linear decoder that a residual one starts from, once for all segments."""
    path = workspace.folder / "decoder" / "start.safetensors"
    if not path.is_file():
        size = workspace.recipe.data.image_size
        shape = workspace.classifier.feature_shape(size)
        fit = BaselineFit(shape, size, size, workspace.device)
        with torch.no_grad():
            for rows in training.batches(workspace.recipe.decoder.batch_size):
                images = training.batch(rows)
                fit.add(images, workspace.classifier.encode(images))
        save_weights(fit.linear_decoder(workspace.recipe.decoder.ridge), path)
    load_weights(decoder.start, path)


def autoencoder_phase(workspace: Workspace) -> TrainingPhase:
    """Trains the reference autoencoder as long as the decoder."""

    def make() -> Trainer:
        training, _ = workspace.training()
        validation, _ = workspace.validation()
        objective = AutoencoderObjective(
            workspace.new_autoencoder(), workspace.recipe.decoder, training, validation
        )
        return _picture_trainer(workspace, "autoencoder", objective, len(training))

    return TrainingPhase(workspace, "autoencoder", workspace.autoencoder_path, make)


def _picture_trainer(workspace: Workspace, name: str, objective: Objective, rows: int) -> Trainer:
    """A trainer by the recipe's [decoder] section."""
    config = workspace.recipe.decoder
    schedule = Schedule(
        rows,
        min(config.batch_size, rows),
        config.epochs,
        config.learning_rate,
        config.schedule,
        workspace.recipe.seed + 1,
    )
    learnt = [each for each in objective.module.parameters() if each.requires_grad]
    optimizer = torch.optim.Adam(learnt, lr=config.learning_rate)
    return Trainer(objective, schedule, optimizer, workspace.folder / name, workspace.device)
