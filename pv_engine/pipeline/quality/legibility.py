"""Lets the recipe's reader read stimuli: of training pictures to learn, of the others to answer."""

import json
from functools import cached_property
from typing import Any

import numpy as np
import torch
from torch import Tensor

from pv_engine.data.arrays import GrowingArray
from pv_engine.exemplars.gallery import Gallery
from pv_engine.items.pictures import read_picture
from pv_engine.items.selection import Pick
from pv_engine.networks.weights.files import weights_sha256
from pv_engine.pipeline.exemplars import GalleryStock
from pv_engine.pipeline.quality.baselines import some
from pv_engine.pipeline.reading.further import pick_further
from pv_engine.pipeline.select import read_picks
from pv_engine.pipeline.workspace import Segment, Workspace
from pv_engine.quality.legibility import ZERO_SHOT, named_probabilities, read_kinds
from pv_engine.quality.reader import Reader, build_reader, fit_head
from pv_engine.quality.stimuli import draw_stimuli, kinds_to_read

CHUNK = 32


class Reading:
    """The reader's features of every stimulus, (pictures, kinds, C), in three parts.

    `training`: stimuli that its heads are fitted to; `held_out`: further held-out pictures, drawn
    like the items; `items`: the very files that participants see.
    """

    def __init__(self, workspace: Workspace) -> None:
        self.workspace = workspace
        self.kinds = kinds_to_read(workspace.recipe.rendering)
        stored = json.loads(workspace.picks_path.read_text())
        self.items = read_picks(stored["items"])
        self.examples = read_picks(stored["examples"])
        self.counts = {
            "training": len(self.training[0]),
            "held_out": len(self.further),
            "items": len(self.items),
        }
        self.total = sum(self.counts.values())

    @property
    def done(self) -> int:
        return sum(self._features(part).done for part in self.counts)

    @cached_property
    def training(self) -> tuple[Tensor, Tensor]:
        """Numbers of the training pictures whose stimuli are read, and their labels."""
        pictures, labels = self.workspace.training()
        recipe = self.workspace.recipe
        numbers = some(pictures, recipe.quality.reader_pictures, recipe.seed)
        return numbers, labels[numbers]

    @cached_property
    def further(self) -> list[Pick]:
        """Held-out pictures beside the items, by the items' rules, as many as there are."""
        most = self.workspace.recipe.quality.reader_held_out
        return pick_further(self.workspace, (*self.items, *self.examples), most)

    def run(self, segment: Segment) -> None:
        """Read until all pictures are read or the segment is over."""
        for part in self.counts:
            features = self._features(part)
            while not features.is_complete and segment.goes_on():
                features.append(self._read_chunk(part, features.done))

    def _features(self, part: str) -> GrowingArray:
        channels, _, _ = self.reader.network.feature_shape(self.reader.size)
        shape = (self.counts[part], len(self.kinds), channels)
        return GrowingArray(
            self.workspace.folder / "quality" / f"read-{part}.npy", shape, "float32"
        )

    @cached_property
    def reader(self) -> Reader:
        return build_reader(self.workspace.recipe, self.workspace.device)

    @torch.no_grad()
    def _read_chunk(self, part: str, first: int) -> np.ndarray:
        """The reader's features of the next pictures' stimuli, (B, kinds, C)."""
        left = self.counts[part] - first
        # Never a chunk of a single picture at the end: nobody could lend it a map.
        end = first + (left if left <= CHUNK + 1 else CHUNK)
        if part == "items":
            stimuli = self._files(first, end)
        else:
            stimuli = self._drawn(self._pictures(part, first, end))
        return np.stack([self.reader.features(stimuli[kind]).numpy() for kind in self.kinds], 1)

    def _pictures(self, part: str, first: int, end: int) -> Tensor:
        if part == "training":
            pictures, _ = self.workspace.training()
            return pictures.batch(self.training[0][first:end])
        pictures, _ = self.workspace.held_out()
        return pictures.batch(torch.tensor([pick.row for pick in self.further[first:end]]))

    def _drawn(self, images: Tensor) -> dict[str, Tensor]:
        workspace, rendering = self.workspace, self.workspace.recipe.rendering
        autoencoder = workspace.autoencoder if rendering.needs("autoencoder") else None
        return draw_stimuli(
            images,
            workspace.classifier,
            workspace.decoder,
            autoencoder,
            rendering,
            self.gallery,
        )

    @cached_property
    def gallery(self) -> Gallery | None:
        """What exemplars are chosen from, where a condition shows them."""
        config = self.workspace.recipe.exemplar
        return GalleryStock(self.workspace, config).gallery if config else None

    def _files(self, first: int, end: int) -> dict[str, Tensor]:
        """What participants see of some items."""
        rendered = json.loads(self.workspace.rendered_path.read_text())[first:end]
        folder, device = self.workspace.pictures_path, self.workspace.device
        return {
            kind: torch.stack(
                [read_picture(folder / item["images"][kind]) for item in rendered]
            ).to(device)
            for kind in self.kinds
        }

    def report(self) -> dict[str, Any]:
        """Who read, and how often the answers are the model's, of the items and of the others."""
        quality = self.workspace.recipe.quality
        numbers, labels = self.training
        single = self.workspace.recipe.classifier.task == "single_label"
        learnt = torch.from_numpy(self._features("training").rows[:])
        heads = [fit_head(learnt[:, place], labels, single) for place in range(len(self.kinds))]
        own = self.reader.own_head(self.workspace.source.classes)
        report: dict[str, Any] = {
            "reader": {
                "architecture": quality.reader,
                "sha256": weights_sha256(self.reader.network),
                "training_pictures": len(numbers),
            }
        }
        shown = torch.from_numpy(self._features("items").rows[:])
        best = heads if own is None else [own] * len(self.kinds)
        report["by_item"] = named_probabilities(self.kinds, best, shown, self.items)
        for part, picks in (("items", self.items), ("held_out", self.further)):
            features = torch.from_numpy(self._features(part).rows[:])
            report[part] = read_kinds(self.kinds, heads, features, picks)
            if own is not None:
                counts = read_kinds(self.kinds, [own] * len(self.kinds), features, picks)
                report[f"{part}_{ZERO_SHOT}"] = counts
        return report
