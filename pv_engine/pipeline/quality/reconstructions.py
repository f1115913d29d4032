"""Measures the decoder and its baselines on held-out pictures, chunk by chunk."""

from collections.abc import Callable
from functools import cached_property
from typing import Any

import torch
from torch import Tensor

from pv_engine.data.arrays import GrowingArray
from pv_engine.pipeline.quality.baselines import CHUNK, Fitting, some
from pv_engine.pipeline.workspace import Segment, Workspace
from pv_engine.quality.measures import measure, strata, summary
from pv_engine.recipe import REFERENCE
from pv_engine.recipe.sections.quality import MEASURES

Reconstruct = Callable[[Tensor, Tensor], Tensor]


class Measuring:
    """The measures of every decoder on held-out pictures, one row for each picture."""

    def __init__(self, workspace: Workspace) -> None:
        self.workspace = workspace
        self.pictures, self.labels = workspace.held_out()
        quality, seed = workspace.recipe.quality, workspace.recipe.seed
        self.numbers = some(self.pictures, quality.pictures, seed)
        self.total = len(self.numbers)
        self.names = ["decoder", "mean_image", "linear"]
        if workspace.recipe.rendering.needs("autoencoder"):
            self.names.append(REFERENCE)
        # The first column is the stratum.
        self.columns = len(MEASURES) + bool(workspace.classifier.beside)
        shape = (self.total, 1 + len(self.names) * self.columns)
        path = workspace.folder / "quality" / "measures.npy"
        self.rows = GrowingArray(path, shape, "float32")

    @property
    def done(self) -> int:
        return self.rows.done

    def run(self, segment: Segment) -> None:
        while not self.rows.is_complete and segment.goes_on():
            self._measure_chunk()

    @cached_property
    def decoders(self) -> dict[str, Reconstruct]:
        workspace = self.workspace
        mean_image, linear = Fitting(workspace).baselines()
        decoders: dict[str, Reconstruct] = {
            "decoder": lambda images, features: workspace.decoder(features),
            "mean_image": lambda images, features: mean_image,
            "linear": lambda images, features: linear(features),
            REFERENCE: lambda images, features: workspace.autoencoder(images),
        }
        return {name: decoders[name] for name in self.names}

    @torch.no_grad()
    def _measure_chunk(self) -> None:
        numbers = self.numbers[self.done : self.done + CHUNK]
        classifier, config = self.workspace.classifier, self.workspace.recipe.classifier
        images = self.pictures.batch(numbers)
        features, head = classifier.seen(images)
        logits = head(features).cpu()
        columns = [strata(logits, self.labels[numbers], config)[:, None].float()]
        for reconstruct in self.decoders.values():
            pictures = reconstruct(images, features)
            columns.append(measure(classifier, images, (features, head), pictures))
        self.rows.append(torch.cat(columns, dim=1).numpy())

    def report(self) -> dict[str, Any]:
        """The decoder's means, overall and by stratum, and under `baselines` all others'."""
        rows = torch.from_numpy(self.rows.rows[:])
        parts = torch.split(rows[:, 1:], self.columns, dim=1)
        summaries = {
            name: summary(part, rows[:, 0]) for name, part in zip(self.names, parts, strict=True)
        }
        fitting = Fitting(self.workspace)
        trained_on = {"training_pictures": fitting.total}
        summaries["mean_image"] |= trained_on
        summaries["linear"] |= {**trained_on, "lambda": fitting.chosen_lambda}
        return {**summaries.pop("decoder"), "baselines": summaries}
