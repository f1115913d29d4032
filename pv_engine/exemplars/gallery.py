"""The bank with its pictures: what exemplars are chosen from, shown and judged by."""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from pv_engine.errors import ImageDataError
from pv_engine.exemplars.bank import Bank
from pv_engine.exemplars.composition import moved, small_maps
from pv_engine.exemplars.likeness import hashes, near
from pv_engine.exemplars.projection import Projection
from pv_engine.exemplars.search import Comparison, Exemplar, compare, cosine_at, likenesses
from pv_engine.recipe import ExemplarConfig
from pv_engine.training.images import Pictures


@dataclass(frozen=True)
class Gallery:
    """A filled bank; its row n is the training picture `numbers[n]` with `labels[n]` (N, classes).

    `left_out` (N,) marks near-duplicates of pictures that the study asks about.
    """

    bank: Bank
    projection: Projection
    pictures: Pictures
    numbers: Tensor
    labels: Tensor
    left_out: Tensor
    config: ExemplarConfig

    def compare(self, features: Tensor, maps: Tensor) -> Comparison:
        """Features (Q, C, h, w), under maps (Q, s, s) as participants see them, with the bank."""
        cells = (features.shape[2], features.shape[3])
        return compare(
            self.bank, self.projection(features), small_maps(maps, cells), self.config.shift
        )

    def cosine(self, exemplar: Exemplar, features: Tensor, saliency: Tensor) -> float:
        """What one image's features (C, h, w) under a map (s, s) score with a given exemplar."""
        cells = (features.shape[1], features.shape[2])
        [projected] = self.projection(features[None])
        [small] = small_maps(saliency[None], cells)
        return cosine_at(self.bank, exemplar, projected, small)

    def ordered(self, exemplars: list[Exemplar], saliency: Tensor) -> list[Exemplar]:
        """Neighbours under a map (s, s), those first that the others resemble, too.

        What the features resemble in several pictures is more likely to be what they stand for
        than what a single picture happens to share with them. Neither labels nor the model's
        answer play a part.
        """
        if not self.config.consensus or len(exemplars) < 2:
            return exemplars
        _, height, width = self.bank.pick(torch.tensor([exemplars[0].row]))[0].shape
        [small] = small_maps(saliency[None], (height, width))
        shared = likenesses(self.bank, exemplars, small).tolist()
        merit = [
            each.score + self.config.consensus * likeness
            for each, likeness in zip(exemplars, shared, strict=True)
        ]
        order = sorted(range(len(exemplars)), key=lambda place: -merit[place])
        return [exemplars[place] for place in order]

    def allowed(self, images: Tensor) -> Tensor:
        """Which pictures may stand for each image, (Q, N): none that is nearly the same."""
        return ~(near(hashes(images), self.bank.hashes) | self.left_out)

    def holding(self, classes: Sequence[int]) -> Tensor:
        """Which pictures hold one of the classes, (N,)."""
        return self.labels[:, list(classes)].any(dim=1)

    @torch.no_grad()
    def shown(self, features: Tensor, maps: Tensor, images: Tensor, count: int) -> Tensor:
        """The best `count` exemplars of each image, as large as the images, (Q, count, 3, s, s)."""
        comparison, allowed = self.compare(features, maps), self.allowed(images)
        cells = (features.shape[2], features.shape[3])
        shown = []
        for query, saliency in enumerate(maps):
            found = comparison.best(query, self.config.neighbours, allowed[query])
            best = self.ordered(found, saliency)[:count]
            shown.append(
                torch.stack([moved(self.picture(each), each.shift, cells) for each in best])
            )
        return torch.stack(shown)

    def picture(self, exemplar: Exemplar) -> Tensor:
        """The whole training picture, (3, H, W), as the network sees it."""
        return self.pictures.batch(self.numbers[[exemplar.row]])[0]


def check_bank(labels: Tensor, classes: tuple[str, ...], needed: int) -> None:
    """ImageDataError for a bank with too few pictures, or without any picture of a class.

    `labels` (N, classes) are those of the pictures that may be shown.
    """
    if len(labels) < needed:
        raise ImageDataError(
            f"The exemplar bank has {len(labels)} training pictures, but {needed} are needed for "
            "exemplar.neighbours and, with exemplar.unique, one for each item; raise exemplar.bank "
            "or lower exemplar.neighbours."
        )
    for index in (labels.sum(dim=0) == 0).nonzero().flatten().tolist():
        raise ImageDataError(
            f"The class {classes[index]!r} has no training picture in the exemplar bank, so no "
            "exemplar could ever show it; add pictures of it or raise exemplar.bank."
        )
