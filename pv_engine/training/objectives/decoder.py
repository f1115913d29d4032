"""Trains the decoder to invert the frozen encoder (paper, section 3)."""

from collections.abc import Callable
from typing import Literal

import torch
from torch import Tensor, nn

from pv_engine.networks.classifier import Classifier
from pv_engine.recipe import DecoderConfig
from pv_engine.runtime.device import mixed_precision
from pv_engine.training.batch import Batch
from pv_engine.training.features.kept import KeptFeatures
from pv_engine.training.images import Pictures, mirror
from pv_engine.training.losses.decoder_loss import decoder_loss
from pv_engine.training.samples import sample_numbers
from pv_engine.training.validation_measures import averaged, reconstruction_quality


class DecoderObjective:
    """Equation (6) on mirrored training pictures; the classifier is frozen and in eval mode."""

    def __init__(
        self,
        decoder: nn.Module,
        classifier: Classifier,
        config: DecoderConfig,
        training: Pictures,
        validation: Pictures,
        kept: KeptFeatures | None = None,
    ) -> None:
        self.module = decoder
        self.learner = decoder
        self.classifier = classifier.eval().requires_grad_(False)
        self.encode: Callable[[Tensor], Tensor] = self.classifier.encode
        self.config = config
        self.training = training
        self.validation = validation
        self.kept = kept

    @property
    def reduction(self) -> Literal["mean", "sum"]:
        return self.config.reduction

    def losses(self, batch: Batch) -> dict[str, Tensor]:
        self.module.train()
        images = self.training.batch(batch.rows)
        mirrored = batch.mirrored() if self.config.flip else None
        if mirrored is not None:
            images = mirror(images, mirrored)
        with mixed_precision(images.device, self.config.precision):
            features = self._features(batch.rows, mirrored, images)
            reconstructions = self.learner(features)
            again = self._features_of(reconstructions, features)
        loss = decoder_loss(images, reconstructions, features, again, self.config)
        return vars(loss)

    @torch.no_grad()
    def _features(self, rows: Tensor, mirrored: Tensor | None, images: Tensor) -> Tensor:
        if self.kept is not None:
            return self.kept.batch(rows, mirrored)
        return self.encode(images)

    def _features_of(self, reconstructions: Tensor, features: Tensor) -> Tensor:
        # Without DSIM, the second pass through the encoder is not needed.
        if self.config.dsim_weight == 0:
            return features
        return self.encode(reconstructions)

    def validate(self) -> dict[str, float]:
        measures = reconstruction_report(
            self.module, self.classifier, self.validation, self.config.batch_size
        )
        # The best decoder is chosen by its training loss, not by a single measure.
        score = (
            self.config.mse_weight * measures["mse"]
            - self.config.ssim_weight * 3 * measures["ssim"]
            + self.config.dsim_weight * measures["feature_mse"]
        )
        return {"score": score, **{f"validation_{key}": value for key, value in measures.items()}}

    @torch.no_grad()
    def samples(self) -> Tensor | None:
        """Return a few validation pictures and their reconstructions, (2, B, 3, H, W)."""
        self.module.eval()
        images = self.validation.batch(sample_numbers(self.validation))
        return torch.stack([images, self.module(self.classifier.encode(images))])


def reconstruction_report(
    decoder: nn.Module, classifier: Classifier, pictures: Pictures, batch_size: int
) -> dict[str, float]:
    """Return the means of MSE, PSNR, SSIM, feature error and agreement of D(E(x)).

    `feature_mse` is the mean squared difference of E(D(E(x))) and E(x); `top1_agreement` is the
    share of pictures whose reconstruction has the same top class.
    """
    decoder.eval()
    measures = []
    with torch.no_grad():
        for rows in pictures.batches(batch_size):
            images = pictures.batch(rows)
            features, head = classifier.seen(images)
            reconstructions = decoder(features)
            again, head_again = classifier.seen(reconstructions)
            top, top_again = head(features).argmax(dim=1), head_again(again).argmax(dim=1)
            values = {
                **reconstruction_quality(images, reconstructions),
                "feature_mse": float(((again - features) ** 2).mean()),
                "top1_agreement": float((top == top_again).float().mean()),
            }
            measures.append((len(rows), values))
    return averaged(measures)
