"""Trains a decoder by resizing: features, answers and early features compared on random views."""

from dataclasses import dataclass
from typing import Literal

import torch
from torch import Tensor, nn

from pv_engine.networks.classifier import Classifier
from pv_engine.networks.decoders.critic import WithCritic
from pv_engine.networks.early_features import EarlyFeatures
from pv_engine.recipe import DecoderConfig
from pv_engine.runtime.device import mixed_precision
from pv_engine.training.batch import Batch
from pv_engine.training.features.stored import StoredFeatures
from pv_engine.training.images import Pictures
from pv_engine.training.losses.decoder_loss import decoder_loss
from pv_engine.training.losses.feature_loss import feature_loss
from pv_engine.training.losses.perceptual_loss import perceptual_loss
from pv_engine.training.losses.prediction_loss import prediction_loss
from pv_engine.training.losses.views import View, random_view
from pv_engine.training.objectives.upsampling import UpsamplingObjective
from pv_engine.training.validation_measures import reconstruction_quality


@dataclass(frozen=True)
class Look:
    """The classifier's features of some pictures, their head, and the compared early features."""

    features: Tensor
    head: nn.Module
    early: list[Tensor]

    @property
    def logits(self) -> Tensor:
        logits: Tensor = self.head(self.features)
        return logits


class ResizingObjective(UpsamplingObjective):
    """Equation (6) with further terms: of predictions, and of early features.

    All but the pixel terms are taken on a random view of pictures and reconstructions where the
    recipe says so. `other` is a network whose early features are compared instead of the
    classifier's own.
    """

    def __init__(
        self,
        decoder: nn.Module,
        config: DecoderConfig,
        features: StoredFeatures,
        validation: Pictures,
        task: Literal["multi_label", "single_label"],
        other: Classifier | None = None,
    ) -> None:
        super().__init__(decoder, config, features, validation, task)
        self.other = other.eval().requires_grad_(False) if other else None
        self.size = validation.array.shape[-1]
        compared = self.other or self.classifier_again
        self.early = (
            EarlyFeatures(compared.encoder, self.size) if config.perceptual_weight else None
        )

    def losses(self, batch: Batch) -> dict[str, Tensor]:
        self.module.train()
        images, features = self._batch(batch)
        view = random_view(self.size, batch.generator) if self.config.views else None
        with mixed_precision(images.device, self.config.precision):
            reconstructions = self.learner(features)
            first = self._first_look(images, features, view)
            again = self._look(view.of(reconstructions) if view else reconstructions)
        terms = vars(
            decoder_loss(images, reconstructions, first.features, again.features, self.config)
        )
        further = self._further(first, again)
        weights = self._further_weights
        if isinstance(self.module, WithCritic):
            # Not a measure of the decoder alone, so not part of the validation score.
            further["adversarial"] = self.module.difference(images, reconstructions)
            weights["adversarial"] = self.config.adversarial_weight
        total = terms["total"] + sum(weights[name] * further[name] for name in further)
        return {**terms, **further, "total": total}

    @property
    def _further_weights(self) -> dict[str, float]:
        """The weights of the terms that are not the paper's, those that are used."""
        weights = {
            "prediction": self.config.prediction_weight,
            "perceptual": self.config.perceptual_weight,
        }
        return {name: weight for name, weight in weights.items() if weight}

    def _further(self, first: Look, again: Look) -> dict[str, Tensor]:
        terms = {
            "prediction": lambda: prediction_loss(first.logits, again.logits, self.task),
            "perceptual": lambda: perceptual_loss(first.early, again.early),
        }
        return {name: terms[name]() for name in self._further_weights}

    @torch.no_grad()
    def _first_look(self, images: Tensor, features: Tensor, view: View | None) -> Look:
        """Look at the pictures; their stored features serve where nothing else is compared."""
        if view is None and self.early is None:
            return Look(features, self.classifier.head, [])
        return self._look(view.of(images) if view else images)

    def _look(self, pictures: Tensor) -> Look:
        if self.early is None:
            return self._seen(pictures, [])
        with self.early.collected() as early:
            seen = self._seen(pictures, early)
            if self.other is not None:
                self.other.encode(pictures)
        return seen

    def _seen(self, pictures: Tensor, early: list[Tensor]) -> Look:
        features, head = self.classifier_again.seen(pictures)
        return Look(features.float(), head, early)

    def _measures(self, images: Tensor) -> dict[str, float]:
        """As of the details of `upsampling`, but through one fixed view if views are used."""
        view = View(round(0.9 * self.size), 0.4, 0.6) if self.config.views else None
        features = self.classifier.encode(images)
        reconstructions = self.module(features)
        first = self._first_look(images, features, view)
        again = self._look(view.of(reconstructions) if view else reconstructions)
        tops = [look.logits.argmax(dim=1) for look in (first, again)]
        further = {name: float(value) for name, value in self._further(first, again).items()}
        measures = {
            **reconstruction_quality(images, reconstructions),
            "dsim": float(feature_loss(first.features, again.features, self.config)),
            **further,
            "agreement": float((tops[0] == tops[1]).float().mean()),
        }
        return {f"validation_{name}": value for name, value in measures.items()}

    def _score(self, mean: dict[str, float]) -> float:
        config = self.config
        return (
            config.mse_weight * mean["validation_mse"]
            - config.ssim_weight * 3 * mean["validation_ssim"]
            + config.dsim_weight * mean["validation_dsim"]
            + sum(w * mean[f"validation_{name}"] for name, w in self._further_weights.items())
        )
