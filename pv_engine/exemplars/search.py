"""Compares features with the bank: the cosine under the map, at the best shift by whole cells."""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from pv_engine.exemplars.bank import Bank

# A shift is not used if it leaves more than this share of the map without a picture.
UNCOVERED = 0.05
TINY = 1e-12


@dataclass(frozen=True)
class Exemplar:
    """A picture of the bank by its row, moved by cells down and right, and its score."""

    row: int
    shift: tuple[int, int]
    score: float


@dataclass(frozen=True)
class Comparison:
    """Of each query with each picture of the bank: `scores` (Q, N), and `shifts` (Q, N, 2) in cells
    down and right: the query's cell i is compared with the picture's cell i + shift."""

    scores: Tensor
    shifts: Tensor

    def best(self, query: int, count: int, allowed: Tensor) -> list[Exemplar]:
        """The best pictures for a query, of those that are allowed, (N,) of booleans.

        The same in every run: equal scores go by the order of the bank.
        """
        scores = self.scores[query].masked_fill(~allowed, -torch.inf)
        order = scores.argsort(descending=True, stable=True)
        return [self.exemplar(query, int(row)) for row in order[: min(count, int(allowed.sum()))]]

    def exemplar(self, query: int, row: int) -> Exemplar:
        down, right = self.shifts[query, row].tolist()
        return Exemplar(row, (down, right), float(self.scores[query, row]))


@torch.no_grad()
def compare(bank: Bank, features: Tensor, maps: Tensor, most: int) -> Comparison:
    """Every query with every picture of the bank, moved by up to `most` cells each way.

    `features` q are (Q, k, h, w), `maps` m (Q, h, w) not negative. With the bank's b,
    score = sum m q b / sqrt(sum m |q|² sum m |b|²); where a shifted picture has no cell, q counts
    and b is zero, which lowers the score. An empty map compares as 0 with every picture.
    """
    weighted = features * maps[:, None]
    own = (weighted * features).sum(dim=(1, 2, 3))
    shifts = [(down, right) for down in _range(most) for right in _range(most)]
    covering = [uncovered(maps, shift) <= UNCOVERED for shift in shifts]
    scores, places = [], []
    for _, chunk in bank.chunks():
        energy = chunk.square().sum(dim=1, keepdim=True)
        table = torch.full((len(maps), len(shifts), len(chunk)), -torch.inf, device=maps.device)
        for place, (shift, used) in enumerate(zip(shifts, covering, strict=True)):
            # Nothing is computed for a query whose map the shift leaves uncovered.
            if used.any():
                table[used, place] = _scores(
                    chunk, energy, weighted[used], maps[used], own[used], shift
                )
        best = table.max(dim=1)
        scores.append(best.values.cpu())
        places.append(best.indices.cpu())
    return Comparison(torch.cat(scores, dim=1), torch.tensor(shifts)[torch.cat(places, dim=1)])


@torch.no_grad()
def cosine_at(bank: Bank, exemplar: Exemplar, features: Tensor, saliency: Tensor) -> float:
    """The score of an exemplar for other features (k, h, w) and map (h, w), moved as it is."""
    weighted = features * saliency
    own = (weighted * features).sum()[None]
    picked = bank.pick(torch.tensor([exemplar.row]))
    energy = picked.square().sum(dim=1, keepdim=True)
    found = _scores(picked, energy, weighted[None], saliency[None], own, exemplar.shift)
    return float(found[0, 0])


@torch.no_grad()
def likenesses(bank: Bank, exemplars: Sequence[Exemplar], saliency: Tensor) -> Tensor:
    """The mean cosine of each exemplar with the others, (n,), all moved, under a map (h, w)."""
    picked = bank.pick(torch.tensor([each.row for each in exemplars]))
    moved = [
        moved_back(features, (-each.shift[0], -each.shift[1]))
        for features, each in zip(picked, exemplars, strict=True)
    ]
    weighted = (torch.stack(moved) * saliency.sqrt()).flatten(1)
    unit = weighted / weighted.norm(dim=1, keepdim=True).clamp_min(TINY)
    shared: Tensor = ((unit @ unit.T).sum(dim=1) - 1) / max(1, len(exemplars) - 1)
    return shared


def _scores(
    chunk: Tensor,
    energy: Tensor,
    weighted: Tensor,
    maps: Tensor,
    own: Tensor,
    shift: tuple[int, int],
) -> Tensor:
    """Scores (Q, n) of n pictures of the bank, (n, k, h, w), all moved by one shift.

    The queries are moved the other way instead, so that the bank is read where it lies and all are
    compared in one matrix product. `energy` (n, 1, h, w) is the pictures' square in each cell.
    """
    inner = moved_back(weighted, shift).flatten(1) @ chunk.flatten(1).T
    square = moved_back(maps[:, None], shift).flatten(1) @ energy.flatten(1).T
    return inner / (own[:, None] * square).sqrt().clamp_min(TINY)


def moved_back(values: Tensor, shift: tuple[int, int]) -> Tensor:
    """Put cell i of (..., h, w) at i + shift; what leaves the map is lost, the rest is zero."""
    to_rows, from_rows = _overlap(values.shape[-2], shift[0])
    to_columns, from_columns = _overlap(values.shape[-1], shift[1])
    result = torch.zeros_like(values)
    result[..., to_rows, to_columns] = values[..., from_rows, from_columns]
    return result


def _overlap(side: int, offset: int) -> tuple[slice, slice]:
    """Where cells go to and come from along a side, when cell i goes to i + offset."""
    return slice(max(0, offset), side + min(0, offset)), slice(
        max(0, -offset), side - max(0, offset)
    )


def _range(most: int) -> range:
    return range(-most, most + 1)


def uncovered(maps: Tensor, shift: tuple[int, int]) -> Tensor:
    """Share of each map (Q, h, w) that a picture shifted so far does not cover, (Q,)."""
    covered, whole = moved_back(maps, shift).sum(dim=(1, 2)), maps.sum(dim=(1, 2))
    return (whole - covered) / whole.clamp_min(TINY)
