"""Trains the layout of colours: the squared error of a small picture, from stored features."""

from functools import cached_property
from typing import Literal

import torch
from torch import Tensor, nn
from torch.nn import functional

from pv_engine.networks.decoders.upsampling import ColourLayout
from pv_engine.recipe import DecoderConfig
from pv_engine.runtime.device import mixed_precision
from pv_engine.training.batch import Batch
from pv_engine.training.features.stored import StoredFeatures
from pv_engine.training.images import Pictures, mirror
from pv_engine.training.samples import sample_numbers


class LayoutObjective:
    """The mean squared error at the layout's own size."""

    def __init__(
        self,
        layout: ColourLayout,
        config: DecoderConfig,
        features: StoredFeatures,
        validation: Pictures,
    ) -> None:
        self.module: nn.Module = layout
        self.learner: nn.Module = layout
        self.config = config
        self.features = features
        self.validation = validation
        self.side = layout.mean.shape[-1]

    @property
    def reduction(self) -> Literal["mean", "sum"]:
        return "mean"

    def losses(self, batch: Batch) -> dict[str, Tensor]:
        self.module.train()
        rows, mirrored = batch.rows, torch.zeros(len(batch.rows), dtype=torch.bool)
        if self.config.flip:
            mirrored = batch.mirrored()
        targets = mirror(self._targets[rows], mirrored)
        features = self.features.batch(rows, mirrored)
        with mixed_precision(features.device, self.config.precision):
            drawn = self.learner(features)
        return {"total": ((drawn.float() - targets) ** 2).mean()}

    @torch.no_grad()
    def begin_at_mean(self) -> None:
        """Initialise the layout to the mean of the training pictures and their mirror images."""
        mean = self._targets.mean(dim=0, keepdim=True)
        self.module.get_buffer("mean").copy_(
            (mean + mean.flip(3)) / 2 if self.config.flip else mean
        )

    @cached_property
    def _targets(self) -> Tensor:
        """All training pictures at the layout's size, (N, 3, side, side)."""
        pictures = self.features.pictures
        batches = pictures.batches(self.config.batch_size)
        return torch.cat([self._reduced(pictures.batch(rows)) for rows in batches])

    def _reduced(self, images: Tensor) -> Tensor:
        return functional.interpolate(images, (self.side, self.side), mode="area")

    @cached_property
    def _validated(self) -> tuple[Tensor, Tensor]:
        """Features, as 16-bit floats, and small pictures of the validation part."""
        features, targets = [], []
        for rows in self.validation.batches(self.config.batch_size):
            images = self.validation.batch(rows)
            features.append(self.features.classifier.encode(images).half())
            targets.append(self._reduced(images))
        return torch.cat(features), torch.cat(targets)

    @torch.no_grad()
    def validate(self) -> dict[str, float]:
        self.module.eval()
        features, targets = self._validated
        drawn = [
            self.module(part.float()) for part in torch.split(features, self.config.batch_size)
        ]
        error = ((torch.cat(drawn).clamp(0, 1) - targets) ** 2).mean()
        return {"score": float(error), "validation_mse": float(error)}

    @torch.no_grad()
    def samples(self) -> Tensor | None:
        """Return a few small validation pictures and their layouts, (2, B, 3, s, s)."""
        self.module.eval()
        images = self.validation.batch(sample_numbers(self.validation))
        drawn = self.module(self.features.classifier.encode(images))
        return torch.stack([self._reduced(images), drawn.clamp(0, 1)])
