"""Third phase: predict the held-out pictures, measure the classifier, pick the items."""

import json
import logging
import math
from dataclasses import asdict
from functools import cached_property
from typing import Any

import numpy as np
import torch
from torch import Tensor

from pv_engine.data.arrays import GrowingArray
from pv_engine.data.atomic_files import write_atomically
from pv_engine.data.masks import true_mask
from pv_engine.explain.gradient_free import WholePass
from pv_engine.explain.saliency import is_empty, normalised, saliency_maps
from pv_engine.explain.targets import MISSING, target_classes
from pv_engine.items.output_order import refuse_other_order
from pv_engine.items.overlaps import overlap
from pv_engine.items.selection import Pick, pick_items, shortage
from pv_engine.networks.families.known import preset_of
from pv_engine.networks.segmentation.segmenter import SegmentationHead
from pv_engine.pipeline.workspace import PhaseProgress, Segment, Workspace
from pv_engine.training.images import Pictures
from pv_engine.training.validation_measures import average_precision, classification_quality

logger = logging.getLogger(__name__)

CHUNK = 64


class SelectPhase:
    """Stores logits and maps of all held-out pictures, the picks, the classifier's quality."""

    name = "select"

    def __init__(self, workspace: Workspace) -> None:
        self.workspace = workspace

    @property
    def is_done(self) -> bool:
        return self.workspace.picks_path.is_file()

    def advance(self, seconds: float) -> PhaseProgress:
        """Predict for about `seconds`; SelectionError when a stratum has too few pictures."""
        segment = Segment(seconds)
        pictures, labels = self.workspace.held_out()
        arrays = self._arrays(len(pictures), labels.shape[1])
        logits, maps = arrays["logits"], arrays["maps"]
        for array in arrays.values():
            # A process killed between them leaves maps that are simply computed again.
            array.done = logits.done
        while not logits.is_complete and segment.goes_on():
            found = self._predict(pictures, labels, logits.done)
            for name, array in arrays.items():
                array.append(found[name].cpu().numpy())
        if logits.is_complete:
            # Under min-max, a map that is the same everywhere is empty, too.
            profile = self.workspace.recipe.rendering.normalisation
            small = torch.from_numpy(np.array(maps.rows))
            empty = is_empty(normalised(small, small.shape[-1], profile))
            empty |= ~torch.from_numpy(drawn_for_targets(self.workspace))
            self._pick(torch.from_numpy(np.array(logits.rows)), empty, labels)
        return PhaseProgress(
            logits.done, len(pictures), f"{logits.done} of {len(pictures)} predictions"
        )

    def _arrays(self, count: int, classes: int) -> dict[str, GrowingArray]:
        """What is stored of every held-out picture; the logits last, which say how many are done.

        `further` says whether the maps of further targets highlight anything, `overlaps` how well
        the top class's mask fits the true one.
        """
        recipe, folder = self.workspace.recipe, self.workspace.folder / "select"
        shapes: dict[str, tuple[tuple[int, ...], str]] = {"maps": (self._map_shape(), "float32")}
        if recipe.rendering.further_targets:
            shapes["further"] = ((len(recipe.rendering.further_targets),), "bool")
        if recipe.classifier.task == "segmentation":
            shapes["overlaps"] = ((), "float32")
        shapes["logits"] = ((classes,), "float32")
        return {
            name: GrowingArray(folder / f"{name}.npy", (count, *shape), kind)
            for name, (shape, kind) in shapes.items()
        }

    def _map_shape(self) -> tuple[int, int]:
        size = self.workspace.recipe.data.image_size
        _, height, width = self.workspace.classifier.feature_shape(size)
        return height, width

    @torch.no_grad()
    def _predict(self, pictures: Pictures, labels: Tensor, first: int) -> dict[str, Tensor]:
        """What `_arrays` stores, of the next pictures."""
        numbers = torch.arange(first, min(first + CHUNK, len(pictures)))
        classifier, rendering = self.workspace.classifier, self.workspace.recipe.rendering
        images = pictures.batch(numbers)
        features, head = classifier.seen(images)
        logits = head(features)
        whole = WholePass(classifier, images)

        def small_maps(targets: Tensor) -> Tensor:
            size = features.shape[-1]
            return saliency_maps(rendering.saliency, head, features, targets, size, whole=whole)

        found = {"logits": logits, "maps": small_maps(logits.argmax(dim=1))}
        drawn = []
        for target in rendering.further_targets:
            classes = self.workspace.source.classes
            wanted = target_classes(target, logits, labels[numbers], classes)
            drawn.append(~is_empty(small_maps(wanted.clamp_min(0))) & (wanted != MISSING))
        if drawn:
            found["further"] = torch.stack(drawn, dim=1)
        if isinstance(head, SegmentationHead):
            found["overlaps"] = self._overlaps(first, head.masks(features), logits.argmax(dim=1))
        return found

    @cached_property
    def _skipped(self) -> tuple[int, ...]:
        """The numbers of a mask that did not count when the network was trained."""
        return (0,) if preset_of(self.workspace.recipe.classifier).skips_zero else ()

    def _overlaps(self, first: int, masks: Tensor, tops: Tensor) -> Tensor:
        """How well the masks (B, H, W) of the top classes (B,) fit the true ones, (B,)."""
        workspace, side = self.workspace, masks.shape[-1]
        source = workspace.source
        names = [workspace.held_out_name(first + place) for place in range(len(masks))]
        found = [
            overlap(predicted, true_mask(source, name, side), top + 1, self._skipped)
            for name, predicted, top in zip(names, masks.cpu().numpy(), tops.tolist(), strict=True)
        ]
        return torch.tensor(found)

    def _pick(self, logits: Tensor, empty: Tensor, labels: Tensor) -> None:
        recipe = self.workspace.recipe
        if recipe.classifier.task == "single_label" and recipe.classifier.train == "none":
            refuse_other_order(logits, labels, self.workspace.source.classes)
        items, examples = pick_items(
            logits,
            labels,
            ~empty.numpy(),
            recipe.classifier,
            recipe.selection,
            recipe.seed,
            overlaps_of(self.workspace),
        )
        short = shortage(items, recipe.selection)
        for stratum, counts in short.items():
            logger.warning(
                "Only %d of %d %s items were found.", counts["found"], counts["asked"], stratum
            )
        content = {
            "items": [asdict(pick) for pick in items],
            "examples": [asdict(pick) for pick in examples],
            "classifier_quality": self._classifier_quality(logits, labels),
            "empty_maps": int(empty.sum()),
            "shortage": short,
        }
        write_atomically(self.workspace.picks_path, json.dumps(content).encode())

    def _classifier_quality(self, logits: Tensor, labels: Tensor) -> dict[str, Any]:
        """Measures on the held-out pictures, on which no choice of weights rests."""
        precisions = average_precision(logits, labels).tolist()
        return {
            **classification_quality(logits, labels, self.workspace.recipe.classifier),
            "pictures": len(labels),
            # JSON knows no NaN: a class without a held-out picture has null.
            "average_precision": {
                name: None if math.isnan(value) else value
                for name, value in zip(self.workspace.source.classes, precisions, strict=True)
            },
        }


def drawn_for_targets(workspace: Workspace) -> np.ndarray:
    """Return which held-out pictures have a map for every further target, (N,) booleans."""
    if not workspace.recipe.rendering.further_targets:
        return np.ones(len(workspace.held_out()[0]), dtype=bool)
    drawn: np.ndarray = np.load(workspace.folder / "select" / "further.npy").all(axis=1)
    return drawn


def overlaps_of(workspace: Workspace) -> np.ndarray | None:
    """Return how well each held-out picture's top mask fits, (N,); None for a classifier."""
    if workspace.recipe.classifier.task != "segmentation":
        return None
    found: np.ndarray = np.load(workspace.folder / "select" / "overlaps.npy")
    return found


def read_picks(content: list[dict[str, object]]) -> list[Pick]:
    """Picks as they were stored."""
    return [
        Pick(**{key: tuple(value) if isinstance(value, list) else value
                for key, value in pick.items()})  # type: ignore[arg-type] # types as written above
        for pick in content
    ]  # fmt: skip
