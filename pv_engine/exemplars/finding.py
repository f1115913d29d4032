"""What is found for one item: its exemplars, their control, and what they are measured against."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from pv_engine.exemplars.gallery import Gallery
from pv_engine.exemplars.search import Exemplar
from pv_engine.items.selection import Pick


@dataclass(frozen=True)
class Finding:
    """`candidates`: the best first. `prediction` and `truth`: the best that hold the predicted and
    a true class, as a bound. `halves`: the best in either half of the bank. `control`: what another
    item's features find under this item's map, if that is asked for."""

    candidates: list[Exemplar]
    prediction: Exemplar
    truth: Exemplar
    halves: list[Exemplar]
    control: Exemplar | None

    @classmethod
    def read(cls, stored: dict[str, Any]) -> "Finding":
        """The inverse of `stored`, from JSON."""
        return cls(
            candidates=[*map(_exemplar, stored["candidates"])],
            prediction=_exemplar(stored["prediction"]),
            truth=_exemplar(stored["truth"]),
            halves=[*map(_exemplar, stored["halves"])],
            control=_exemplar(stored["control"]) if stored["control"] else None,
        )

    @property
    def stored(self) -> dict[str, Any]:
        """What JSON keeps; `asdict` would copy every number deeply, which takes longer than to
        search."""
        return {
            "candidates": [*map(vars, self.candidates)],
            "prediction": vars(self.prediction),
            "truth": vars(self.truth),
            "halves": [*map(vars, self.halves)],
            "control": vars(self.control) if self.control else None,
        }


def _exemplar(stored: dict[str, Any]) -> Exemplar:
    down, right = stored["shift"]
    return Exemplar(stored["row"], (down, right), stored["score"])


@torch.no_grad()
def find(
    gallery: Gallery,
    features: Tensor,
    lent: Tensor | None,
    maps: Tensor,
    images: Tensor,
    picks: list[Pick],
    count: int,
) -> list[Finding]:
    """Findings of some items with `count` candidates each.

    `features` (B, C, h, w) are the items', `lent` those of other items, for the control, or None;
    `maps` (B, s, s) as participants see them; `images` (B, 3, H, W).
    """
    # All in one go: the bank is read once.
    queries = [features] if lent is None else [features, lent]
    comparison = gallery.compare(torch.cat(queries), torch.cat([maps] * len(queries)))
    allowed = gallery.allowed(images)
    halves = torch.arange(len(gallery.bank)) % 2 == 0

    def control(place: int) -> Exemplar:
        neighbours = comparison.best(len(picks) + place, gallery.config.neighbours, allowed[place])
        return gallery.ordered(neighbours, maps[place])[0]

    findings = []
    for place, pick in enumerate(picks):
        free = allowed[place]
        masks = [
            gallery.holding([pick.prediction]),
            gallery.holding(pick.true_labels),
            halves,
            ~halves,
        ]
        held = [comparison.best(place, 1, free & mask)[0] for mask in masks]
        findings.append(
            Finding(
                candidates=comparison.best(place, count, free),
                prediction=held[0],
                truth=held[1],
                halves=held[2:],
                control=None if lent is None else control(place),
            )
        )
    return findings


def assigned(
    findings: list[Finding],
    count: int,
    unique: bool,
    order: Callable[[int, list[Exemplar]], list[Exemplar]] = lambda _, found: found,
) -> Iterator[list[Exemplar]]:
    """Each item's `count` exemplars; with `unique`, the first is no earlier item's first.

    `order` puts the exemplars of an item, by its place, into the order in which they are shown.
    """
    taken: set[int] = set()
    for place, finding in enumerate(findings):
        free = [each for each in finding.candidates if not unique or each.row not in taken]
        chosen = order(place, free[:count])
        taken.add(chosen[0].row)
        yield chosen
