"""Fifth phase: draw every stimulus of every item, a chunk of items at a time."""

import json
from typing import Any

import numpy as np
import torch
from PIL import Image
from torch import Tensor

from pv_engine.configs import REFERENCE, UNDRAWN
from pv_engine.data.arrays import write_atomically
from pv_engine.explain.conditions import DRAWN, Material
from pv_engine.explain.perception import enlarged, explain, refuse_empty
from pv_engine.explain.saliency import normalised
from pv_engine.phases.select import read_picks
from pv_engine.phases.workspace import PhaseProgress, Segment, Workspace
from pv_engine.render.selection import Pick
from pv_engine.render.writer import to_picture, write_picture

CHUNK = 8


class RenderPhase:
    """Writes pictures and a growing list of rendered items."""

    name = "render"

    def __init__(self, workspace: Workspace) -> None:
        self.workspace = workspace

    @property
    def is_done(self) -> bool:
        return (self.workspace.folder / "render" / "done").is_file()

    def advance(self, seconds: float) -> PhaseProgress:
        """Render chunks for about `seconds`."""
        segment = Segment(seconds)
        content = json.loads(self.workspace.picks_path.read_text())
        picks = read_picks(content["items"] + content["examples"])
        rendered = self._rendered()
        while len(rendered) < len(picks) and segment.goes_on():
            chunk = picks[len(rendered) : len(rendered) + CHUNK]
            others = [
                picks[(len(rendered) + 1 + place) % len(picks)] for place in range(len(chunk))
            ]
            rendered += self._render(chunk, others)
            write_atomically(self.workspace.rendered_path, json.dumps(rendered).encode())
        if len(rendered) == len(picks):
            (self.workspace.folder / "render" / "done").touch()
        return PhaseProgress(len(rendered), len(picks), f"{len(rendered)} of {len(picks)} items")

    def _rendered(self) -> list[dict[str, Any]]:
        if not self.workspace.rendered_path.is_file():
            return []
        rendered: list[dict[str, Any]] = json.loads(self.workspace.rendered_path.read_text())
        return rendered

    def _render(self, picks: list[Pick], others: list[Pick]) -> list[dict[str, Any]]:
        """Manifest entries of some items; `others` lend their maps to the control condition."""
        names = [self.workspace.held_out_name(pick.row) for pick in picks]
        size = self.workspace.recipe.rendering.image_size
        originals = [self.workspace.source.load(name, size) for name in names]
        material = self._material(picks, others, originals)
        stimuli = {
            kind: DRAWN[kind](material)
            for kind in self.workspace.recipe.rendering.conditions
            if kind != UNDRAWN
        }
        return [
            self._entry(
                pick,
                name,
                originals[place],
                {kind: pictures[place] for kind, pictures in stimuli.items()},
            )
            for place, (pick, name) in enumerate(zip(picks, names, strict=True))
        ]

    def _material(
        self, picks: list[Pick], others: list[Pick], originals: list[Image.Image]
    ) -> Material:
        workspace, rendering = self.workspace, self.workspace.recipe.rendering
        pictures, _ = workspace.held_out()
        images = pictures.batch(torch.tensor([pick.row for pick in picks]))
        explanation = explain(workspace.classifier, workspace.decoder, images, rendering)
        refuse_empty(explanation, [pick.name for pick in picks])
        lent = workspace.held_out_maps([pick.row for pick in others])
        return Material(
            originals=torch.stack([_tensor(picture) for picture in originals]).to(images.device),
            reconstructions=explanation.reconstructions,
            maps=explanation.maps,
            other_maps=normalised(lent, rendering.image_size, rendering.normalisation),
            autoencoded=self._autoencoded(images),
        )

    def _autoencoded(self, images: Tensor) -> Tensor | None:
        rendering = self.workspace.recipe.rendering
        if REFERENCE not in rendering.conditions:
            return None
        with torch.no_grad():
            return enlarged(self.workspace.autoencoder(images), rendering.image_size)

    def _entry(
        self, pick: Pick, source: str, original: Image.Image, stimuli: dict[str, Tensor]
    ) -> dict[str, Any]:
        """One item of the manifest, its pictures written."""
        classes = self.workspace.source.classes
        quality = self.workspace.recipe.rendering.quality
        pictures = {"original": original} | {
            kind: to_picture(stimulus) for kind, stimulus in stimuli.items()
        }
        return {
            "name": pick.name,
            "source": source,
            "stratum": pick.stratum,
            "prediction": classes[pick.prediction],
            "predicted_set": [classes[index] for index in pick.predicted_set],
            "true_labels": [classes[index] for index in pick.true_labels],
            "options": [classes[index] for index in pick.options],
            "images": {
                kind: write_picture(picture, self.workspace.pictures_path, quality)
                for kind, picture in pictures.items()
            },
        }


def _tensor(picture: Image.Image) -> Tensor:
    """An RGB picture as (3, H, W) in [0, 1]."""
    return torch.from_numpy(np.asarray(picture).copy()).permute(2, 0, 1).float() / 255
