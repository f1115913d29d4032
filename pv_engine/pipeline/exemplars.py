"""The phase that fills the bank and finds each item's exemplars in it."""

import json
import math
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import load_file, save
from torch import Tensor

from pv_engine.data.atomic_files import write_atomically
from pv_engine.errors import ImageDataError
from pv_engine.exemplars.bank import Bank
from pv_engine.exemplars.composition import moved
from pv_engine.exemplars.finding import Finding, assigned, find
from pv_engine.exemplars.gallery import Gallery, check_bank
from pv_engine.exemplars.likeness import hashes, near
from pv_engine.exemplars.projection import CellMoments, Projection, fit_projection
from pv_engine.exemplars.search import Exemplar
from pv_engine.explain.perception import refuse_empty
from pv_engine.explain.saliency import is_empty, normalised
from pv_engine.items.pictures import to_tensor
from pv_engine.items.selection import Pick
from pv_engine.pipeline.quality.baselines import some, stored
from pv_engine.pipeline.select import read_picks
from pv_engine.pipeline.workspace import PhaseProgress, Segment, Workspace
from pv_engine.recipe import ExemplarConfig
from pv_engine.runtime.device import deterministic

# Items that are searched at a time: the bank is read once for all of them.
CHUNK = 32
# About how many cells the principal components are fitted to.
CELLS = 30_000
ENCODED = 64


class GalleryStock:
    """Fits the projection and fills the bank of a build's gallery; goes on where it stopped."""

    def __init__(self, workspace: Workspace, config: ExemplarConfig) -> None:
        self.workspace = workspace
        self.config = config
        self.pictures, labels = workspace.training()
        self.numbers = some(self.pictures, self.config.bank, workspace.recipe.seed)
        self.labels = labels[self.numbers].bool()
        self.folder = workspace.bank_folder

    @cached_property
    def picks(self) -> list[Pick]:
        """Every picture that the study shows: items, then examples."""
        content = json.loads(self.workspace.picks_path.read_text())
        return read_picks(content["items"] + content["examples"])

    @cached_property
    def candidates(self) -> int:
        """How many exemplars of an item are enough for all others to have theirs."""
        return self.config.neighbours + (len(self.picks) if self.config.unique else 0)

    @cached_property
    def projection(self) -> Projection:
        path, device = self.folder / "projection.safetensors", self.workspace.device
        if not path.is_file():
            fitted = self._fitted()
            write_atomically(path, save(stored({"mean": fitted.mean, "rows": fitted.rows})))
        return Projection(**load_file(path)).to(device)

    @torch.no_grad()
    def _fitted(self) -> Projection:
        classifier, config = self.workspace.classifier, self.config
        size = self.workspace.recipe.data.image_size
        channels, height, width = classifier.feature_shape(size)
        count = math.ceil(CELLS / (height * width))
        moments = CellMoments(channels)
        chosen = self.numbers[some(self.numbers, count, self.workspace.recipe.seed)]
        for numbers in torch.split(chosen, ENCODED):
            moments.add(classifier.encode(self.pictures.batch(numbers)))
        return fit_projection(moments, classifier.head, config.components, config.head_share)

    @cached_property
    def bank(self) -> Bank:
        size = self.workspace.recipe.data.image_size
        _, height, width = self.workspace.classifier.feature_shape(size)
        shape = (len(self.projection.rows), height, width)
        return Bank(self.folder, len(self.numbers), shape, self.workspace.device)

    def run(self, segment: Segment) -> None:
        """Fill further rows until the segment is over; refuse a bank that is too small first."""
        if not self.bank.done:
            check_bank(self.labels, self.workspace.source.classes, self.candidates)
        self.bank.fill(
            segment.goes_on, self.workspace.classifier, self.projection, self.pictures, self.numbers
        )

    @cached_property
    def gallery(self) -> Gallery:
        """The finished gallery; what another worker filled elsewhere is computed again."""
        self.run(Segment(math.inf))
        held_out, _ = self.workspace.held_out()
        shown = held_out.batch(torch.tensor([pick.row for pick in self.picks]))
        left_out = near(hashes(shown), self.bank.hashes).any(dim=0)
        check_bank(self.labels[~left_out], self.workspace.source.classes, self.candidates)
        return Gallery(
            self.bank,
            self.projection,
            self.pictures,
            self.numbers,
            self.labels,
            left_out,
            self.config,
        )


@dataclass(frozen=True)
class Seen:
    """Items: `images` (B, 3, H, W) and `features` (B, C, h, w) as the network has them, and `maps`
    (B, s, s) as participants do."""

    images: Tensor
    features: Tensor
    maps: Tensor


class ExemplarPhase:
    """Fills the bank, then leaves each item's exemplars and what they are measured against."""

    name = "exemplars"

    def __init__(self, workspace: Workspace, config: ExemplarConfig) -> None:
        self.workspace = workspace
        self._config = config
        # Of a chunk of items, and of the next, whose first item lends its features.
        self._seen = lru_cache(maxsize=2)(self._encoded)

    @property
    def is_done(self) -> bool:
        return self.workspace.exemplars_path.is_file()

    def advance(self, seconds: float) -> PhaseProgress:
        """Fill the bank or search for about `seconds`; what was done is on disk."""
        segment = Segment(seconds)
        stock = self.stock
        with deterministic(self.workspace.device):
            if not stock.bank.is_complete:
                stock.run(segment)
            missing = [number for number in self._chunks if not self._result(number).is_file()]
            while missing and stock.bank.is_complete and segment.goes_on():
                self._search(stock, missing.pop(0))
        if not missing:
            self._gather(stock)
        return self._progress(stock, len(missing))

    @cached_property
    def stock(self) -> GalleryStock:
        return GalleryStock(self.workspace, self._config)

    @property
    def _chunks(self) -> range:
        return range(math.ceil(len(self.stock.picks) / CHUNK))

    def _result(self, number: int) -> Path:
        return self.workspace.exemplars_path.parent / "found" / f"{number:05d}.json"

    def _places(self, number: int) -> range:
        """Which items are a chunk's."""
        return range(number * CHUNK, min((number + 1) * CHUNK, len(self.stock.picks)))

    def _search(self, stock: GalleryStock, number: int) -> None:
        """Find the exemplars of a chunk of items; done twice, it leaves the same file."""
        places = self._places(number)
        picks = [stock.picks[place] for place in places]
        seen = self._seen(number)
        shows_control = "exemplar_random" in self.workspace.recipe.rendering.conditions
        lent = self._lent(number) if shows_control else None
        findings = find(
            stock.gallery, seen.features, lent, seen.maps, seen.images, picks, stock.candidates
        )
        content = json.dumps([finding.stored for finding in findings])
        write_atomically(self._result(number), content.encode())

    def _lent(self, number: int) -> Tensor:
        """Features that a chunk's items borrow for a control: each the next item's."""
        following = self._seen((number + 1) % len(self._chunks))
        return torch.cat([self._seen(number).features[1:], following.features[:1]])

    @torch.no_grad()
    def _encoded(self, number: int) -> Seen:
        """A chunk of items; SaliencyError for an empty map."""
        workspace, rendering = self.workspace, self.workspace.recipe.rendering
        picks = [self.stock.picks[place] for place in self._places(number)]
        rows = [pick.row for pick in picks]
        images = workspace.held_out()[0].batch(torch.tensor(rows))
        maps = normalised(
            workspace.held_out_maps(rows), rendering.image_size, rendering.normalisation
        )
        refuse_empty(is_empty(maps), [pick.name for pick in picks])
        return Seen(images, workspace.classifier.encode(images), maps)

    def _gather(self, stock: GalleryStock) -> None:
        findings = [
            Finding.read(each)
            for number in self._chunks
            for each in json.loads(self._result(number).read_text())
        ]
        config = stock.config

        def ordered(place: int, exemplars: list[Exemplar]) -> list[Exemplar]:
            return stock.gallery.ordered(exemplars, self._seen_item(place)[1])

        chosen = assigned(findings, config.neighbours, config.unique, ordered)
        content = {
            "bank": len(stock.bank),
            "near_duplicates": int(stock.gallery.left_out.sum()),
            "found": [
                self._described(stock, findings[place], exemplars, self._control(place, exemplars))
                for place, exemplars in enumerate(chosen)
            ],
        }
        write_atomically(self.workspace.exemplars_path, json.dumps(content).encode())

    def _seen_item(self, place: int) -> tuple[Tensor, Tensor]:
        """An item's features (C, h, w) and map (s, s)."""
        number, row = divmod(place, CHUNK)
        seen = self._seen(number)
        return seen.features[row], seen.maps[row]

    def _control(self, place: int, exemplars: list[Exemplar]) -> float:
        """What the next item's features score with an item's exemplar under the item's map."""
        lent, _ = self._seen_item((place + 1) % len(self.stock.picks))
        return self.stock.gallery.cosine(exemplars[0], lent, self._seen_item(place)[1])

    def _described(
        self,
        stock: GalleryStock,
        finding: Finding,
        exemplars: list[Exemplar],
        control_cosine: float,
    ) -> dict[str, Any]:
        """What the manifest says of an item."""

        def described(exemplar: Exemplar) -> dict[str, Any]:
            classes = self.workspace.source.classes
            return {
                "source": self.workspace.training_name(int(stock.numbers[exemplar.row])),
                "labels": [
                    classes[index] for index in stock.labels[exemplar.row].nonzero().flatten()
                ],
                "shift": list(exemplar.shift),
                # More digits would differ between processors.
                "score": round(exemplar.score, 4),
            }

        return {
            "exemplars": [described(each) for each in exemplars],
            "control_cosine": round(control_cosine, 4),
            **({"control": described(finding.control)} if finding.control else {}),
            "best_of_prediction": described(finding.prediction),
            "best_of_truth": described(finding.truth),
            "halves": [described(each) for each in finding.halves],
        }

    def _progress(self, stock: GalleryStock, missing: int) -> PhaseProgress:
        items = len(stock.picks)
        found = max(0, items - missing * CHUNK)
        done, total = stock.bank.done + found, len(stock.bank) + items
        if not stock.bank.is_complete:
            return PhaseProgress(done, total, f"{stock.bank.done} of {len(stock.bank)} pictures")
        return PhaseProgress(done, total, f"Exemplars of {found} of {items} items")


def displayed(workspace: Workspace, found: list[list[dict[str, Any]]]) -> Tensor:
    """Some items' exemplars, (B, n, 3, s, s), moved into place, at the side that participants see.

    ImageDataError for a training picture that cannot be read any more.
    """
    recipe = workspace.recipe
    _, height, width = workspace.classifier.feature_shape(recipe.data.image_size)

    def shown(exemplar: dict[str, Any]) -> Tensor:
        name, (down, right) = exemplar["source"], exemplar["shift"]
        try:
            picture = workspace.view.load(name, recipe.rendering.image_size)
        except ImageDataError as error:
            raise ImageDataError(
                f"The training picture {name} is an exemplar but cannot be read any more: {error}"
            ) from error
        return moved(to_tensor(picture), (down, right), (height, width))

    pictures = [torch.stack([shown(each) for each in exemplars]) for exemplars in found]
    return torch.stack(pictures).to(workspace.device)
