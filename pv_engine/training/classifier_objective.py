"""Training the classifier: transfer learning or from scratch, multi-label or single-label."""

import torch
from torch import Tensor, nn
from torch.nn import functional

from pv_engine.configs import ClassifierConfig
from pv_engine.device import mixed_precision
from pv_engine.networks.classifier import Classifier
from pv_engine.training.images import Pictures, flip_some, shift_some
from pv_engine.training.metrics import classification_quality


class ClassifierObjective:
    """Binary cross-entropy of each class, or cross-entropy over the classes."""

    def __init__(
        self,
        classifier: Classifier,
        config: ClassifierConfig,
        training: tuple[Pictures, Tensor],
        validation: tuple[Pictures, Tensor],
    ) -> None:
        self.module: nn.Module = classifier
        self.classifier = classifier
        self.config = config
        self.training_pictures, self.training_labels = training
        self.validation_pictures, self.validation_labels = validation

    def trainable(self) -> list[nn.Parameter]:
        """The parameters that the recipe lets change."""
        chosen = self.classifier.head if self.config.train == "head" else self.classifier
        return list(chosen.parameters())

    def losses(self, rows: Tensor, generator: torch.Generator) -> dict[str, Tensor]:
        # Dropout draws from the global state; so that a resumed run draws the same, each step
        # starts it from its own seed.
        torch.manual_seed(generator.initial_seed())
        # A frozen encoder keeps its batch statistics, too.
        self.classifier.encoder.train(self.config.train == "full")
        self.classifier.head.train()
        images = self.training_pictures.batch(rows)
        images = shift_some(flip_some(images, generator), generator)
        labels = self.training_labels[rows].to(images.device)
        with mixed_precision(images.device):
            with torch.set_grad_enabled(self.config.train == "full"):
                features = self.classifier.encode(images)
            logits = self.classifier.head(features)
        return {"total": self._loss(logits.float(), labels)}

    def _loss(self, logits: Tensor, labels: Tensor) -> Tensor:
        if self.config.task == "single_label":
            return functional.cross_entropy(logits, labels.argmax(dim=1))
        return functional.binary_cross_entropy_with_logits(logits, labels)

    def validate(self) -> dict[str, float]:
        logits = predict(self.classifier, self.validation_pictures, self.config.batch_size)
        quality = classification_quality(logits, self.validation_labels, self.config)
        loss = self._loss(logits, self.validation_labels)
        return {"score": float(loss), "exact_match": quality["exact_match"]}


def predict(classifier: Classifier, pictures: Pictures, batch_size: int) -> Tensor:
    """Logits of all pictures, (N, classes), on the CPU; the network's mode is left as it was."""
    was_training = classifier.training
    classifier.eval()
    with torch.no_grad():
        logits = [classifier(pictures.batch(rows)).cpu() for rows in pictures.batches(batch_size)]
    classifier.train(was_training)
    return torch.cat(logits)
