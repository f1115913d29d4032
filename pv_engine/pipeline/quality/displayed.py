"""Measures the decoder and its baselines as displayed, on some held-out pictures."""

from functools import cached_property
from typing import Any

import numpy as np
import torch
from torch import Tensor

from pv_engine.data.arrays import GrowingArray
from pv_engine.pipeline.quality.baselines import some
from pv_engine.pipeline.quality.reconstructions import Measuring
from pv_engine.pipeline.workspace import Segment
from pv_engine.quality.display import displayed_again, displayed_summary, measure_displayed
from pv_engine.quality.measures import strata
from pv_engine.recipe.sections.quality import DISPLAYED_MEASURES, STRATA

CHUNK = 16


class MeasuringDisplayed:
    """Up to `quality.displayed_pictures` held-out pictures of each stratum, a row for each.

    The decoders are those of `measuring`.
    """

    def __init__(self, measuring: Measuring) -> None:
        self.measuring = measuring
        self.workspace = measuring.workspace
        self.total = len(self.numbers)
        shape = (self.total, len(measuring.names) * len(DISPLAYED_MEASURES))
        path = self.workspace.folder / "quality" / "displayed.npy"
        self.rows = GrowingArray(path, shape, "float32")

    @property
    def done(self) -> int:
        return self.rows.done

    def run(self, segment: Segment) -> None:
        """Measure until all pictures are done or the segment is over."""
        while not self.rows.is_complete and segment.goes_on():
            self._measure_chunk()

    @cached_property
    def places(self) -> Tensor:
        """Each held-out picture's index in STRATA."""
        logits = np.load(self.workspace.folder / "select" / "logits.npy")
        config = self.workspace.recipe.classifier
        return strata(torch.from_numpy(logits), self.measuring.labels, config)

    @cached_property
    def numbers(self) -> Tensor:
        """A seeded choice of each stratum's pictures, stratum by stratum."""
        recipe = self.workspace.recipe
        chosen = []
        for place in range(len(STRATA)):
            there = torch.nonzero(self.places == place)[:, 0]
            chosen.append(there[some(there, recipe.quality.displayed_pictures, recipe.seed)])
        return torch.cat(chosen)

    @torch.no_grad()
    def _measure_chunk(self) -> None:
        recipe, classifier = self.workspace.recipe, self.workspace.classifier
        images = self.measuring.pictures.batch(self.numbers[self.done : self.done + CHUNK])
        features, head = classifier.seen(images)
        columns = []
        for reconstruct in self.measuring.decoders.values():
            pictures = reconstruct(images, features)
            again = displayed_again(pictures, recipe.rendering, recipe.data.image_size)
            shown = again.expand(images.shape)
            columns.append(measure_displayed(classifier, (features, head), shown))
        self.rows.append(torch.cat(columns, dim=1).numpy())

    def report(self) -> dict[str, Any]:
        """The decoder's means, overall and by stratum, and under `baselines` all others'."""
        rows = torch.from_numpy(self.rows.rows[:])
        places = self.places[self.numbers]
        shares = torch.bincount(self.places, minlength=len(STRATA)) / len(self.places)
        parts = torch.split(rows, len(DISPLAYED_MEASURES), dim=1)
        summaries = {
            name: displayed_summary(part, places, shares)
            for name, part in zip(self.measuring.names, parts, strict=True)
        }
        return {**summaries.pop("decoder"), "baselines": summaries}
