"""What is found for one item: its exemplars, their control, and what they are measured against."""

from dataclasses import asdict, dataclass
from typing import Any

import torch
from torch import Tensor

from pv_engine.exemplars.composition import small_maps
from pv_engine.exemplars.gallery import Gallery
from pv_engine.exemplars.search import Exemplar, cosine_at
from pv_engine.items.selection import Pick


@dataclass(frozen=True)
class Finding:
    """`candidates`: the best first. `control`: what another item's features find under this item's
    map, and `control_cosine` how much it resembles this item's own. `prediction` and `truth`: the
    best that hold the predicted and a true class, as a bound. `halves`: the best in either half of
    the bank."""

    candidates: list[Exemplar]
    control: Exemplar
    control_cosine: float
    prediction: Exemplar
    truth: Exemplar
    halves: list[Exemplar]

    @classmethod
    def read(cls, stored: dict[str, Any]) -> "Finding":
        """The inverse of `stored`, from JSON."""
        return cls(
            candidates=[*map(_exemplar, stored["candidates"])],
            control=_exemplar(stored["control"]),
            control_cosine=stored["control_cosine"],
            prediction=_exemplar(stored["prediction"]),
            truth=_exemplar(stored["truth"]),
            halves=[*map(_exemplar, stored["halves"])],
        )

    @property
    def stored(self) -> dict[str, Any]:
        return asdict(self)


def _exemplar(stored: dict[str, Any]) -> Exemplar:
    down, right = stored["shift"]
    return Exemplar(stored["row"], (down, right), stored["score"])


@torch.no_grad()
def find(
    gallery: Gallery,
    features: Tensor,
    other_features: Tensor,
    maps: Tensor,
    images: Tensor,
    picks: list[Pick],
    count: int,
) -> list[Finding]:
    """Findings of some items with `count` candidates each.

    `features` (B, C, h, w) are the items', `other_features` those of the items that lend theirs for
    the control; `maps` (B, s, s) as participants see them; `images` (B, 3, H, W).
    """
    # Own and lent features in one go: the bank is read once.
    comparison = gallery.compare(torch.cat([features, other_features]), torch.cat([maps, maps]))
    allowed = gallery.allowed(images)
    projected = gallery.projection(features)
    small = small_maps(maps, (features.shape[2], features.shape[3]))
    halves = torch.arange(len(gallery.bank)) % 2 == 0
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
        [control] = comparison.best(len(picks) + place, 1, free)
        findings.append(
            Finding(
                candidates=comparison.best(place, count, free),
                control=control,
                control_cosine=cosine_at(gallery.bank, control, projected[place], small[place]),
                prediction=held[0],
                truth=held[1],
                halves=held[2:],
            )
        )
    return findings


def assigned(findings: list[Finding], count: int, unique: bool) -> list[list[Exemplar]]:
    """Each item's `count` exemplars; with `unique`, the first is no earlier item's first."""
    taken: set[int] = set()
    chosen = []
    for finding in findings:
        free = [each for each in finding.candidates if not unique or each.row not in taken]
        chosen.append(free[:count])
        taken.add(free[0].row)
    return chosen
