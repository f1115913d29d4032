"""Fourth phase: predict the held-out pictures, measure both networks, pick the items."""

import json
from dataclasses import asdict

import numpy as np
import torch
from torch import Tensor

from pv_engine.data.arrays import GrowingArray, write_atomically
from pv_engine.explain.saliency import is_empty, saliency_maps
from pv_engine.phases.workspace import PhaseProgress, Segment, Workspace
from pv_engine.render.selection import Pick, pick_items
from pv_engine.training.decoder_objective import reconstruction_report
from pv_engine.training.images import Pictures
from pv_engine.training.metrics import classification_quality

CHUNK = 64


class SelectPhase:
    """Stores the logits of all held-out pictures, then the picks and the quality measures."""

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
        outputs = GrowingArray(
            self.workspace.folder / "select" / "outputs.npy",
            (len(pictures), labels.shape[1] + 1),
            "float32",
        )
        while not outputs.is_complete and segment.goes_on():
            outputs.append(self._outputs(pictures, outputs.done))
        if outputs.is_complete:
            self._pick(torch.from_numpy(np.array(outputs.rows)), labels, pictures)
        return PhaseProgress(
            outputs.done, len(pictures), f"{outputs.done} of {len(pictures)} predictions"
        )

    @torch.no_grad()
    def _outputs(self, pictures: Pictures, first: int) -> np.ndarray:
        """Logits of the next pictures, and in a last column whether the map is empty."""
        numbers = torch.arange(first, min(first + CHUNK, len(pictures)))
        classifier, rendering = self.workspace.classifier, self.workspace.recipe.rendering
        features = classifier.encode(pictures.batch(numbers))
        logits = classifier.head(features)
        maps = saliency_maps(
            rendering.saliency,
            classifier.head,
            features,
            logits.argmax(dim=1),
            features.shape[-1],
            rendering.normalisation,
        )
        empty = is_empty(maps).float()[:, None]
        return torch.cat([logits, empty], dim=1).cpu().numpy()

    def _pick(self, outputs: Tensor, labels: Tensor, pictures: Pictures) -> None:
        recipe = self.workspace.recipe
        logits, empty = outputs[:, :-1], outputs[:, -1].bool()
        items, examples = pick_items(
            logits, labels, ~empty.numpy(), recipe.classifier, recipe.selection, recipe.seed
        )
        decoder_quality = reconstruction_report(
            self.workspace.decoder,
            self.workspace.classifier,
            pictures,
            recipe.decoder.batch_size,
        )
        content = {
            "items": [asdict(pick) for pick in items],
            "examples": [asdict(pick) for pick in examples],
            "classifier_quality": classification_quality(logits, labels, recipe.classifier),
            "decoder_quality": decoder_quality,
            "empty_maps": int(empty.sum()),
        }
        write_atomically(self.workspace.picks_path, json.dumps(content).encode())


def read_picks(content: list[dict[str, object]]) -> list[Pick]:
    """Picks as they were stored."""
    return [
        Pick(**{key: tuple(value) if isinstance(value, list) else value
                for key, value in pick.items()})  # type: ignore[arg-type] # types as written above
        for pick in content
    ]  # fmt: skip
