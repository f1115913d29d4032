"""Fifth phase: draw every stimulus of every item, a chunk of items at a time."""

import json
import math
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import Any

import torch
from PIL import Image
from torch import Tensor

from pv_engine.data.atomic_files import write_atomically
from pv_engine.errors import SaliencyError
from pv_engine.explain.material import Material, drawn, exemplars_in
from pv_engine.explain.outline import outlined, outlines
from pv_engine.explain.perception import Explanation, enlarged, explain, refuse_empty
from pv_engine.explain.saliency import normalised
from pv_engine.explain.targets import target_classes
from pv_engine.items.pictures import to_picture, to_tensor
from pv_engine.items.selection import Pick
from pv_engine.networks.segmentation.segmenter import SegmentationHead
from pv_engine.pipeline.exemplars import displayed
from pv_engine.pipeline.select import read_picks
from pv_engine.pipeline.workspace import PhaseProgress, Segment, Workspace
from pv_engine.recipe import UNDRAWN
from pv_engine.stimulus_sets.writing import write_picture

CHUNK = 8


class RenderPhase:
    """Writes pictures and, for each chunk, its items; workers may share the chunks."""

    name = "render"

    def __init__(self, workspace: Workspace) -> None:
        self.workspace = workspace

    @property
    def is_done(self) -> bool:
        return (self.workspace.render_folder / "done").is_file()

    @cached_property
    def _picks(self) -> list[Pick]:
        content = json.loads(self.workspace.picks_path.read_text())
        return read_picks(content["items"] + content["examples"])

    @property
    def chunks(self) -> int:
        """How many chunks there are. They are the same however many workers share them."""
        return math.ceil(len(self._picks) / CHUNK)

    def missing(self) -> list[int]:
        """The chunks whose result is not in the folder yet."""
        return [number for number in range(self.chunks) if not self._result(number).is_file()]

    def work(self, number: int) -> None:
        """Draw one chunk. Done twice, by whomever, it leaves the same files."""
        first = number * CHUNK
        chunk = self._picks[first : first + CHUNK]
        others = [
            self._picks[(first + 1 + place) % len(self._picks)] for place in range(len(chunk))
        ]
        found = self._found[first : first + CHUNK]
        entries = self._render(chunk, others, found)
        write_atomically(self._result(number), json.dumps(entries).encode())

    @cached_property
    def _found(self) -> list[dict[str, Any]]:
        """Every item's exemplars; none where no condition shows them."""
        if self.workspace.recipe.exemplar is None:
            return []
        found: list[dict[str, Any]] = self.workspace.exemplars["found"]
        return found

    def advance(self, seconds: float) -> PhaseProgress:
        """Draw missing chunks for about `seconds`; put all together when none is missing."""
        segment = Segment(seconds)
        missing = self.missing()
        while missing and segment.goes_on():
            self.work(missing.pop(0))
        if not missing:
            self._gather()
        return self.progress(self.chunks - len(missing))

    def progress(self, done: int) -> PhaseProgress:
        """Return the progress when n chunks are drawn."""
        total = len(self._picks)
        items = min(done * CHUNK, total)
        return PhaseProgress(items, total, f"{items} of {total} items")

    def _gather(self) -> None:
        results = [json.loads(self._result(number).read_text()) for number in range(self.chunks)]
        rendered = [entry for result in results for entry in result]
        write_atomically(self.workspace.rendered_path, json.dumps(rendered).encode())
        (self.workspace.render_folder / "done").touch()

    def _result(self, number: int) -> Path:
        return self.workspace.render_folder / "chunks" / f"{number:05d}.json"

    def _render(
        self, picks: list[Pick], others: list[Pick], found: list[dict[str, Any]]
    ) -> list[dict[str, Any]]:
        """Manifest entries of some items; `others` lend their maps to the control condition,
        `found` are their exemplars."""
        names = [self.workspace.held_out_name(pick.row) for pick in picks]
        size = self.workspace.recipe.rendering.image_size
        originals = [self.workspace.view.load(name, size) for name in names]
        explanation, material = self._material(picks, others, originals, found)
        numbers = self._further_classes(picks, explanation)
        stimuli = self._stimuli(explanation, material, numbers)
        if self.workspace.recipe.rendering.outline:
            borders = self._borders(explanation)
            stimuli = {kind: outlined(each, borders) for kind, each in stimuli.items()}
            shown = outlined(material.originals, borders)
            originals = [to_picture(each) for each in shown]
        return [
            self._entry(
                pick,
                name,
                originals[place],
                {kind: pictures[place] for kind, pictures in stimuli.items()},
                {target: int(each[place]) for target, each in numbers.items()},
            )
            for place, (pick, name) in enumerate(zip(picks, names, strict=True))
        ]

    def _borders(self, explanation: Explanation) -> Tensor:
        """Where the predicted masks of the top classes end, (B, s, s) booleans."""
        head = explanation.head
        if not isinstance(head, SegmentationHead):
            raise SaliencyError(
                "A classifier has no mask to outline; set rendering.outline = false."
            )
        masks = head.masks(explanation.features) == explanation.targets[:, None, None] + 1
        return outlines(masks, self.workspace.recipe.rendering.image_size)

    def _further_classes(self, picks: list[Pick], explanation: Explanation) -> dict[str, Tensor]:
        """Each further target's class numbers of the items."""
        _, labels = self.workspace.held_out()
        rows = labels[[pick.row for pick in picks]]
        classes = self.workspace.source.classes
        return {
            target: target_classes(target, explanation.logits, rows, classes)
            for target in self.workspace.recipe.rendering.further_targets
        }

    def _stimuli(
        self, explanation: Explanation, material: Material, numbers: dict[str, Tensor]
    ) -> dict[str, Tensor]:
        """Pictures of every condition, those about further classes last."""
        rendering = self.workspace.recipe.rendering
        stimuli = {kind: drawn(kind, material) for kind in rendering.conditions if kind != UNDRAWN}
        about = {
            target: replace(material, maps=explanation.maps_of(each, rendering))
            for target, each in numbers.items()
        }
        for kind, (condition, target) in rendering.further_kinds.items():
            stimuli[kind] = drawn(condition, about[target])
        return stimuli

    def _material(
        self,
        picks: list[Pick],
        others: list[Pick],
        originals: list[Image.Image],
        found: list[dict[str, Any]],
    ) -> tuple[Explanation, Material]:
        workspace, rendering = self.workspace, self.workspace.recipe.rendering
        pictures, _ = workspace.held_out()
        images = pictures.batch(torch.tensor([pick.row for pick in picks]))
        explanation = explain(workspace.classifier, workspace.decoder, images, rendering)
        refuse_empty(explanation.empty, [pick.name for pick in picks])
        lent = workspace.held_out_maps([pick.row for pick in others])
        return explanation, Material(
            originals=torch.stack([to_tensor(picture) for picture in originals]).to(images.device),
            reconstructions=explanation.reconstructions,
            maps=explanation.maps,
            other_maps=normalised(lent, rendering.image_size, rendering.normalisation),
            autoencoded=self._autoencoded(images),
            exemplars=self._shown([each["exemplars"][: exemplars_in(rendering)] for each in found]),
            other_exemplars=self._shown(
                [[each["control"]] for each in found if "exemplar_random" in rendering.conditions]
            ),
        )

    def _shown(self, found: list[list[dict[str, Any]]]) -> Tensor | None:
        return displayed(self.workspace, found) if any(found) else None

    def _autoencoded(self, images: Tensor) -> Tensor | None:
        rendering = self.workspace.recipe.rendering
        if not rendering.needs("autoencoder"):
            return None
        with torch.no_grad():
            return enlarged(self.workspace.autoencoder(images), rendering.image_size)

    def _entry(
        self,
        pick: Pick,
        source: str,
        original: Image.Image,
        stimuli: dict[str, Tensor],
        targets: dict[str, int],
    ) -> dict[str, Any]:
        """One item of the manifest, its pictures written."""
        classes = self.workspace.source.classes
        about = {target: classes[each] for target, each in targets.items()}
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
            **({"targets": about} if about else {}),
            "images": {
                kind: write_picture(picture, self.workspace.pictures_path, quality)
                for kind, picture in pictures.items()
            },
        }
