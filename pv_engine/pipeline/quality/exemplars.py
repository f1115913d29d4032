"""Measures the exemplars of a build, and lets the model look at what participants see."""

import json
from typing import Any

import numpy as np
import torch
from torch import Tensor

from pv_engine.data.arrays import GrowingArray
from pv_engine.exemplars.measures import note, summaries
from pv_engine.explain.perception import enlarged
from pv_engine.items.pictures import read_picture
from pv_engine.pipeline.exemplars import displayed
from pv_engine.pipeline.select import read_picks
from pv_engine.pipeline.workspace import Segment, Workspace
from pv_engine.quality.stimuli import kinds_to_read
from pv_engine.recipe import ExemplarConfig

CHUNK = 32
# The exemplar as it would be displayed without the map.
WHOLE = "whole_exemplar"


class Agreeing:
    """The model's top class of every displayed picture of every item, (items, kinds)."""

    def __init__(self, workspace: Workspace, config: ExemplarConfig) -> None:
        self.workspace = workspace
        self.config = config
        self.kinds = (*kinds_to_read(workspace.recipe.rendering), WHOLE)
        self.picks = read_picks(json.loads(workspace.picks_path.read_text())["items"])
        self.total = len(self.picks)
        path = workspace.folder / "quality" / "agreement.npy"
        self.answers = GrowingArray(path, (self.total, len(self.kinds)), "int64")

    @property
    def done(self) -> int:
        return self.answers.done

    def run(self, segment: Segment) -> None:
        rendered = json.loads(self.workspace.rendered_path.read_text())[: self.total]
        while not self.answers.is_complete and segment.goes_on():
            self.answers.append(self._answers(rendered[self.done : self.done + CHUNK]))

    @torch.no_grad()
    def _answers(self, items: list[dict[str, Any]]) -> np.ndarray:
        """Top classes (B, kinds) of the files of some items, at the side that the model sees."""
        workspace = self.workspace
        answers = []
        for kind in self.kinds:
            shown = self._whole(len(items)) if kind == WHOLE else self._files(items, kind)
            seen = enlarged(shown, workspace.recipe.data.image_size)
            answers.append(workspace.classifier(seen).argmax(dim=1).cpu().numpy())
        return np.stack(answers, axis=1)

    def _files(self, items: list[dict[str, Any]], kind: str) -> Tensor:
        files = [self.workspace.pictures_path / item["images"][kind] for item in items]
        return torch.stack([read_picture(file) for file in files]).to(self.workspace.device)

    def _whole(self, count: int) -> Tensor:
        found = self.workspace.exemplars["found"][self.done : self.done + count]
        return displayed(self.workspace, [each["exemplars"][:1] for each in found])[:, 0]

    def report(self) -> dict[str, Any]:
        """What the manifest says of exemplars, under `exemplars`."""
        found = self.workspace.exemplars
        agreement = [
            {
                kind: bool(answer == pick.prediction)
                for kind, answer in zip(self.kinds, row, strict=True)
            }
            for row, pick in zip(self.answers.rows.tolist(), self.picks, strict=True)
        ]
        items = found["found"][: self.total]
        rendered = json.loads(self.workspace.rendered_path.read_text())
        return {
            "note": note(self.config),
            "bank": found["bank"],
            "near_duplicates": found["near_duplicates"],
            "strata": summaries(items, agreement, self.picks, self.workspace.source.classes),
            "found": {
                entry["name"]: each for entry, each in zip(rendered, found["found"], strict=True)
            },
        }
