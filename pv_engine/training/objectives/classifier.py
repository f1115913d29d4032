"""Trains the classifier: transfer learning or from scratch, multi-label or single-label."""

from typing import Literal

import torch
from torch import Tensor, nn
from torch.nn import functional

from pv_engine.networks.classifier import Classifier
from pv_engine.networks.heads import PooledLinear
from pv_engine.recipe import ClassifierConfig
from pv_engine.runtime.device import mixed_precision, to_device
from pv_engine.training.batch import Batch
from pv_engine.training.features.kept import KeptFeatures
from pv_engine.training.images import Pictures, mirror, shift_some
from pv_engine.training.validation_measures import classification_quality


class ClassifierObjective:
    """Binary cross-entropy of each class, or cross-entropy over the classes."""

    def __init__(
        self,
        classifier: Classifier,
        config: ClassifierConfig,
        training: tuple[Pictures, Tensor],
        validation: tuple[Pictures, Tensor],
        kept: KeptFeatures | None = None,
    ) -> None:
        self.module: nn.Module = classifier
        self.learner: nn.Module = classifier if config.train == "full" else classifier.head
        self.reduction: Literal["mean", "sum"] = "mean"
        self.kept = kept
        self.classifier = classifier
        self.config = config
        self.training_pictures, self.training_labels = training
        self.validation_pictures, self.validation_labels = validation

    def trainable(self) -> list[nn.Parameter]:
        """Return the parameters that the recipe trains."""
        chosen = self.classifier.head if self.config.train == "head" else self.classifier
        return list(chosen.parameters())

    def losses(self, batch: Batch) -> dict[str, Tensor]:
        # A frozen encoder keeps its batch statistics.
        self.classifier.encoder.train(self.config.train == "full")
        self.classifier.head.train()
        seen = self._seen(batch)
        labels = to_device(self.training_labels[batch.rows], seen.device)
        with mixed_precision(seen.device, self.config.precision):
            logits = self.learner(seen)
        return {"total": self._loss(logits.float(), labels)}

    def _seen(self, batch: Batch) -> Tensor:
        """Return the learner's input: pictures, or a frozen encoder's features of them."""
        mirrored = batch.mirrored() if self.config.flip else None
        if self.kept is not None:
            return self.kept.batch(batch.rows, mirrored)
        images = self.training_pictures.batch(batch.rows)
        if mirrored is not None:
            images = mirror(images, mirrored)
        if self.config.shift:
            images = shift_some(images, batch.generator)
        return images if self.config.train == "full" else self._frozen(images)

    @torch.no_grad()
    def _frozen(self, images: Tensor) -> Tensor:
        with mixed_precision(images.device, self.config.precision):
            return self.classifier.head_input(images)

    def _loss(self, logits: Tensor, labels: Tensor) -> Tensor:
        if self.config.task == "single_label":
            return functional.cross_entropy(logits, labels.argmax(dim=1))
        return functional.binary_cross_entropy_with_logits(logits, labels)

    def validate(self) -> dict[str, float]:
        logits = predict(self.classifier, self.validation_pictures, self.config.batch_size)
        quality = classification_quality(logits, self.validation_labels, self.config)
        loss = self._loss(logits, self.validation_labels)
        return {"score": float(loss), "exact_match": quality["exact_match"]}

    def samples(self) -> Tensor | None:
        """Return None: a classifier makes no pictures."""
        return None


def predict(classifier: Classifier, pictures: Pictures, batch_size: int) -> Tensor:
    """Return the logits of all pictures, (N, classes), on the CPU; restore the network's mode."""
    was_training = classifier.training
    classifier.eval()
    with torch.no_grad():
        logits = [classifier(pictures.batch(rows)).cpu() for rows in pictures.batches(batch_size)]
    classifier.train(was_training)
    return torch.cat(logits)


def frozen_features(classifier: Classifier, images: Tensor) -> Tensor:
    """Return the input of a head that is trained alone, from pictures (B, 3, H, W).

    That is (B, C, h, w), packed with prefix tokens where there are any, or only the mean,
    (B, C, 1, 1), for a head that pools first.
    """
    features = classifier.head_input(images)
    if isinstance(classifier.head, PooledLinear):
        return features.mean(dim=(2, 3), keepdim=True)
    return features
