"""Trains the details of an up-sampling decoder on stored features."""

import copy
from typing import Literal

import torch
from torch import Tensor, nn

from pv_engine.networks.classifier import Classifier
from pv_engine.networks.layers.strided_depthwise import subsample_depthwise
from pv_engine.recipe import DecoderConfig
from pv_engine.runtime.device import mixed_precision
from pv_engine.training.batch import Batch
from pv_engine.training.features.stored import StoredFeatures
from pv_engine.training.images import Pictures, mirror
from pv_engine.training.losses.decoder_loss import decoder_loss
from pv_engine.training.losses.feature_loss import feature_loss
from pv_engine.training.losses.prediction_loss import prediction_loss
from pv_engine.training.samples import sample_numbers
from pv_engine.training.validation_measures import averaged, reconstruction_quality


class UpsamplingObjective:
    """Equation (6) as in DecoderObjective, but with the pictures' features from the store.

    So a step needs one pass through the encoder instead of two, and none without a feature loss.
    The recipe may add the prediction loss.
    """

    def __init__(
        self,
        decoder: nn.Module,
        config: DecoderConfig,
        features: StoredFeatures,
        validation: Pictures,
        task: Literal["multi_label", "single_label", "segmentation"],
    ) -> None:
        self.module: nn.Module = decoder
        self.learner: nn.Module = decoder
        self.config = config
        self.task = task
        self.features = features
        self.validation = validation
        self.classifier: Classifier = features.classifier.eval().requires_grad_(False)
        # The same function with a cheaper gradient.
        self.classifier_again = subsample_depthwise(copy.deepcopy(self.classifier))

    @property
    def reduction(self) -> Literal["mean", "sum"]:
        return self.config.reduction

    def losses(self, batch: Batch) -> dict[str, Tensor]:
        self.module.train()
        images, features = self._batch(batch)
        with mixed_precision(images.device, self.config.precision):
            reconstructions = self.learner(features)
            again = self.classifier_again.encode(reconstructions) if self._reads_again else features
        terms = vars(decoder_loss(images, reconstructions, features, again, self.config))
        if self.config.prediction_weight == 0:
            return terms
        prediction = self._prediction(features, again)
        total = terms["total"] + self.config.prediction_weight * prediction
        return {**terms, "prediction": prediction, "total": total}

    def _batch(self, batch: Batch) -> tuple[Tensor, Tensor]:
        """Return the step's pictures, some of them mirrored, and their stored features."""
        rows, mirrored = batch.rows, torch.zeros(len(batch.rows), dtype=torch.bool)
        if self.config.flip:
            mirrored = batch.mirrored()
        images = mirror(self.features.pictures.batch(rows), mirrored)
        return images, self.features.batch(rows, mirrored)

    @property
    def _reads_again(self) -> bool:
        return self.config.dsim_weight > 0 or self.config.prediction_weight > 0

    def _prediction(self, features: Tensor, again: Tensor) -> Tensor:
        head = self.classifier.head
        return prediction_loss(head(features), head(again.float()), self.task)

    @torch.no_grad()
    def validate(self) -> dict[str, float]:
        """Return the weighted loss on the validation pictures as `score`, its terms, agreement."""
        self.module.eval()
        measures = []
        for rows in self.validation.batches(self.config.batch_size):
            images = self.validation.batch(rows)
            measures.append((len(rows), self._measures(images)))
        mean = averaged(measures)
        return {**mean, "score": self._score(mean)}

    @torch.no_grad()
    def samples(self) -> Tensor | None:
        """Return a few validation pictures and their reconstructions, (2, B, 3, H, W)."""
        self.module.eval()
        images = self.validation.batch(sample_numbers(self.validation))
        return torch.stack([images, self.module(self.classifier.encode(images))])

    def _measures(self, images: Tensor) -> dict[str, float]:
        features, head = self.classifier.seen(images)
        reconstructions = self.module(features)
        again, head_again = self.classifier.seen(reconstructions)
        logits, logits_again = head(features), head_again(again)
        top, top_again = logits.argmax(dim=1), logits_again.argmax(dim=1)
        quality = reconstruction_quality(images, reconstructions)
        return {
            **{f"validation_{name}": value for name, value in quality.items()},
            "validation_dsim": float(feature_loss(features, again, self.config)),
            "validation_prediction": float(prediction_loss(logits, logits_again, self.task)),
            "validation_agreement": float((top == top_again).float().mean()),
        }

    def _score(self, mean: dict[str, float]) -> float:
        config = self.config
        return (
            config.mse_weight * mean["validation_mse"]
            - config.ssim_weight * 3 * mean["validation_ssim"]
            + config.dsim_weight * mean["validation_dsim"]
            + config.prediction_weight * mean["validation_prediction"]
        )
