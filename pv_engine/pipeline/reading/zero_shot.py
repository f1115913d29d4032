"""The phase in which a reader with its own head names what the drawn pictures show."""

import json
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import torch

from pv_engine.data.arrays import GrowingArray
from pv_engine.data.atomic_files import write_atomically
from pv_engine.errors import RecipeError
from pv_engine.items.pictures import read_picture
from pv_engine.networks.weights.files import weights_sha256
from pv_engine.pipeline.reading.further import FurtherWorkspace
from pv_engine.pipeline.select import read_picks
from pv_engine.pipeline.workspace import PhaseProgress, Segment
from pv_engine.quality.legibility import read_kinds
from pv_engine.quality.reader import Reader, build_reader
from pv_engine.quality.stimuli import kinds_to_read

CHUNK = 32


class ZeroShotPhase:
    """Reads the files as participants would see them; keeps the reader's features."""

    name = "quality"

    def __init__(self, workspace: FurtherWorkspace) -> None:
        self.workspace = workspace
        self.kinds = kinds_to_read(workspace.recipe.rendering)

    @property
    def result(self) -> Path:
        return self.workspace.own_folder / "reading.json"

    @property
    def is_done(self) -> bool:
        return self.result.is_file()

    @cached_property
    def reader(self) -> Reader:
        return build_reader(self.workspace.recipe, self.workspace.device)

    @cached_property
    def own_head(self) -> torch.nn.Module:
        head = self.reader.own_head(self.workspace.source.classes)
        if head is None:
            raise RecipeError(
                "The reader does not know the recipe's classes, so it cannot read without being "
                "fitted to stimuli; name one of the same classes as quality.reader, or the outputs "
                "for each class as quality.reader_classes."
            )
        return head

    def advance(self, seconds: float) -> PhaseProgress:
        """Read for about `seconds`; RecipeError for a reader that does not know the classes."""
        segment = Segment(seconds)
        rendered = json.loads(self.workspace.rendered_path.read_text())
        head = self.own_head
        channels, _, _ = self.reader.network.feature_shape(self.reader.size)
        shape = (len(rendered), len(self.kinds), channels)
        features = GrowingArray(self.workspace.own_folder / "read.npy", shape, "float32")
        while not features.is_complete and segment.goes_on():
            features.append(self._read(rendered[features.done : features.done + CHUNK]))
        if features.is_complete:
            self._report(torch.from_numpy(np.array(features.rows)), head)
        return PhaseProgress(features.done, len(rendered), f"{features.done} pictures read")

    @torch.no_grad()
    def _read(self, items: list[dict[str, Any]]) -> np.ndarray:
        """The reader's features of some items' files, (B, kinds, C)."""
        folder, device = self.workspace.pictures_path, self.workspace.device
        read = []
        for kind in self.kinds:
            files = [read_picture(folder / item["images"][kind]) for item in items]
            read.append(self.reader.features(torch.stack(files).to(device)).numpy())
        return np.stack(read, axis=1)

    def _report(self, features: torch.Tensor, head: torch.nn.Module) -> None:
        workspace, recipe = self.workspace, self.workspace.recipe
        picks = read_picks(json.loads(workspace.picks_path.read_text())["items"])
        report = {
            "recipe_sha256": recipe.sha256,
            "rows": workspace.rows,
            "reader": {
                "architecture": recipe.quality.reader,
                "sha256": weights_sha256(self.reader.network),
            },
            "options": recipe.selection.options,
            "held_out_zero_shot": read_kinds(self.kinds, [head] * len(self.kinds), features, picks),
        }
        write_atomically(self.result, (json.dumps(report, indent=1) + "\n").encode())
