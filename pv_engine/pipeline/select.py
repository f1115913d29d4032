"""Third phase: predict the held-out pictures, measure the classifier, pick the items."""

import json
import logging
import math
from dataclasses import asdict
from typing import Any

import numpy as np
import torch
from torch import Tensor

from pv_engine.data.arrays import GrowingArray, write_atomically
from pv_engine.explain.gradient_free import WholePass
from pv_engine.explain.saliency import is_empty, normalised, saliency_maps
from pv_engine.items.output_order import refuse_other_order
from pv_engine.items.selection import Pick, pick_items, shortage
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
        logits = self._array("logits", (len(pictures), labels.shape[1]))
        maps = self._array("maps", (len(pictures), *self._map_shape()))
        # A process killed between the two leaves maps that are simply computed again.
        maps.done = logits.done
        while not logits.is_complete and segment.goes_on():
            next_logits, next_maps = self._predict(pictures, logits.done)
            maps.append(next_maps)
            logits.append(next_logits)
        if logits.is_complete:
            # Under min-max, a map that is the same everywhere is empty, too.
            profile = self.workspace.recipe.rendering.normalisation
            small = torch.from_numpy(np.array(maps.rows))
            empty = is_empty(normalised(small, small.shape[-1], profile))
            self._pick(torch.from_numpy(np.array(logits.rows)), empty, labels)
        return PhaseProgress(
            logits.done, len(pictures), f"{logits.done} of {len(pictures)} predictions"
        )

    def _array(self, name: str, shape: tuple[int, ...]) -> GrowingArray:
        return GrowingArray(self.workspace.folder / "select" / f"{name}.npy", shape, "float32")

    def _map_shape(self) -> tuple[int, int]:
        size = self.workspace.recipe.data.image_size
        _, height, width = self.workspace.classifier.feature_shape(size)
        return height, width

    @torch.no_grad()
    def _predict(self, pictures: Pictures, first: int) -> tuple[np.ndarray, np.ndarray]:
        """Logits of the next pictures, and the small map of each one's top class."""
        numbers = torch.arange(first, min(first + CHUNK, len(pictures)))
        classifier = self.workspace.classifier
        images = pictures.batch(numbers)
        features, head = classifier.seen(images)
        logits = head(features)
        maps = saliency_maps(
            self.workspace.recipe.rendering.saliency,
            head,
            features,
            logits.argmax(dim=1),
            features.shape[-1],
            whole=WholePass(classifier, images),
        )
        return logits.cpu().numpy(), maps.cpu().numpy()

    def _pick(self, logits: Tensor, empty: Tensor, labels: Tensor) -> None:
        recipe = self.workspace.recipe
        if recipe.classifier.task == "single_label" and recipe.classifier.train == "none":
            refuse_other_order(logits, labels, self.workspace.source.classes)
        items, examples = pick_items(
            logits, labels, ~empty.numpy(), recipe.classifier, recipe.selection, recipe.seed
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


def read_picks(content: list[dict[str, object]]) -> list[Pick]:
    """Picks as they were stored."""
    return [
        Pick(**{key: tuple(value) if isinstance(value, list) else value
                for key, value in pick.items()})  # type: ignore[arg-type] # types as written above
        for pick in content
    ]  # fmt: skip
