"""Trains the reference autoencoder on pictures alone."""

from typing import Literal

import torch
from torch import Tensor, nn

from pv_engine.networks.decoders.autoencoder import Autoencoder
from pv_engine.recipe import DecoderConfig
from pv_engine.runtime.device import mixed_precision
from pv_engine.training.batch import Batch
from pv_engine.training.images import Pictures, mirror
from pv_engine.training.losses.decoder_loss import decoder_loss
from pv_engine.training.samples import sample_numbers
from pv_engine.training.validation_measures import averaged, reconstruction_quality


class AutoencoderObjective:
    """The recipe's image losses; without a classifier, there is no feature loss."""

    def __init__(
        self,
        autoencoder: Autoencoder,
        config: DecoderConfig,
        training: Pictures,
        validation: Pictures,
    ) -> None:
        self.module: nn.Module = autoencoder
        self.learner: nn.Module = autoencoder
        self.config = config
        self.training = training
        self.validation = validation

    @property
    def reduction(self) -> Literal["mean", "sum"]:
        return self.config.reduction

    def losses(self, batch: Batch) -> dict[str, Tensor]:
        self.module.train()
        images = self.training.batch(batch.rows)
        if self.config.flip:
            images = mirror(images, batch.mirrored())
        with mixed_precision(images.device):
            pictures = self.learner(images)
        nothing = images.new_zeros(1)
        return vars(decoder_loss(images, pictures, nothing, nothing, self.config))

    def validate(self) -> dict[str, float]:
        self.module.eval()
        measures = []
        with torch.no_grad():
            for rows in self.validation.batches(self.config.batch_size):
                images = self.validation.batch(rows)
                measures.append((len(rows), reconstruction_quality(images, self.module(images))))
        mean = averaged(measures)
        score = self.config.mse_weight * mean["mse"] - self.config.ssim_weight * 3 * mean["ssim"]
        return {"score": score, **{f"validation_{key}": value for key, value in mean.items()}}

    @torch.no_grad()
    def samples(self) -> Tensor | None:
        """Return a few validation pictures and their reconstructions, (2, B, 3, H, W)."""
        self.module.eval()
        images = self.validation.batch(sample_numbers(self.validation))
        return torch.stack([images, self.module(images)])
