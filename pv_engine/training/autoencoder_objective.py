"""Training the reference autoencoder on pictures alone."""

import torch
from torch import Tensor, nn

from pv_engine.configs import DecoderConfig
from pv_engine.device import mixed_precision
from pv_engine.networks.autoencoder import Autoencoder
from pv_engine.training.images import Pictures, flip_some
from pv_engine.training.losses import decoder_loss
from pv_engine.training.metrics import averaged, reconstruction_quality


class AutoencoderObjective:
    """The recipe's image losses; it has no classifier, so there is no loss in feature space."""

    def __init__(
        self,
        autoencoder: Autoencoder,
        config: DecoderConfig,
        training: Pictures,
        validation: Pictures,
    ) -> None:
        self.module: nn.Module = autoencoder
        self.config = config
        self.training = training
        self.validation = validation

    def losses(self, rows: Tensor, generator: torch.Generator) -> dict[str, Tensor]:
        self.module.train()
        images = self.training.batch(rows)
        if self.config.flip:
            images = flip_some(images, generator)
        with mixed_precision(images.device):
            pictures = self.module(images)
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
