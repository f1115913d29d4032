"""Trains the classifier, or only stores it when the recipe trains nothing."""

import torch

from pv_engine.networks.classifier import Classifier
from pv_engine.networks.weights.files import save_weights
from pv_engine.pipeline.training.phase import Preparation
from pv_engine.pipeline.training.trainers import fused, kept_features, new_trainer
from pv_engine.pipeline.workspace import Workspace
from pv_engine.training.features.kept import KeptFeatures
from pv_engine.training.loop import Trainer
from pv_engine.training.objectives.classifier import ClassifierObjective, frozen_features
from pv_engine.training.schedule import Schedule


class ClassifierTraining:
    """By the recipe's [classifier] section."""

    name = "classifier"

    def __init__(self, workspace: Workspace) -> None:
        self.workspace = workspace
        self.config = workspace.recipe.classifier
        self.weights = workspace.classifier_path
        self.kept: KeptFeatures | None = None
        self.classes = workspace.output_names
        self._classifier: Classifier | None = None

    @property
    def classifier(self) -> Classifier:
        self._classifier = self._classifier or self.workspace.new_classifier()
        return self._classifier

    def preparations(self) -> list[Preparation]:
        # A picture that is moved at random has no features that could be kept.
        if self.config.train == "head" and not self.config.shift:
            classifier = self.classifier.eval()
            self.kept = self.kept or kept_features(
                self.workspace,
                self.name,
                lambda images: frozen_features(classifier, images),
                self.config.batch_size,
                self.config.epochs,
                self.config.flip,
            )
        return [self.kept] if self.kept else []

    def trainer(self) -> Trainer | None:
        workspace, config = self.workspace, self.config
        if config.train == "none":
            if workspace.team.leads:
                save_weights(self.classifier, workspace.classifier_path, self.classes)
            workspace.team.wait()
            return None
        training, validation = workspace.training(), workspace.validation()
        training[0].hold_if_it_fits()
        objective = ClassifierObjective(self.classifier, config, training, validation, self.kept)
        optimizer = torch.optim.AdamW(
            objective.trainable(),
            lr=config.learning_rate,
            weight_decay=config.weight_decay,
            fused=fused(workspace),
        )
        rows = len(objective.training_pictures)
        schedule = Schedule(
            rows,
            min(config.batch_size, rows),
            config.epochs,
            config.learning_rate,
            "cosine",
            workspace.recipe.seed,
            config.patience,
        )
        return new_trainer(workspace, self.name, objective, schedule, optimizer)
