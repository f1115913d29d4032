"""Compares features with the bank: the cosine under the map, at the best shift by whole cells."""

from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional

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
    refused = uncovered(maps, most) > UNCOVERED
    scores, places = [], []
    for _, chunk in bank.chunks():
        table = _table(chunk, weighted, maps, own, most).masked_fill(refused, -torch.inf)
        best = table.flatten(2).max(dim=2)
        scores.append(best.values.T.cpu())
        places.append(best.indices.T.cpu())
    side = 2 * most + 1
    place = torch.cat(places, dim=1)
    shifts = torch.stack([place // side - most, place % side - most], dim=-1)
    return Comparison(torch.cat(scores, dim=1), shifts)


@torch.no_grad()
def cosine_at(bank: Bank, exemplar: Exemplar, features: Tensor, saliency: Tensor) -> float:
    """The score of an exemplar for other features (k, h, w) and map (h, w), moved as it is."""
    shift = exemplar.shift
    most = max(map(abs, shift))
    weighted = features * saliency
    own = (weighted * features).sum()[None]
    picked = bank.pick(torch.tensor([exemplar.row]))
    table = _table(picked, weighted[None], saliency[None], own, most)
    return float(table[0, 0, shift[0] + most, shift[1] + most])


def _table(chunk: Tensor, weighted: Tensor, maps: Tensor, own: Tensor, most: int) -> Tensor:
    """Scores (n, Q, shifts down, shifts right) of n pictures of the bank."""
    padded = functional.pad(chunk, (most, most, most, most))
    inner = functional.conv2d(padded, weighted)
    energy = functional.conv2d(padded.square().sum(dim=1, keepdim=True), maps[:, None])
    return inner / (own[:, None, None] * energy).sqrt().clamp_min(TINY)


def uncovered(maps: Tensor, most: int) -> Tensor:
    """Share of each map, (Q, shifts, shifts), that a picture shifted so far does not cover."""
    there = torch.ones_like(maps[:1, None])
    padded = functional.pad(there, (most, most, most, most))
    covered = functional.conv2d(padded, maps[:, None])[0]
    whole = maps.sum(dim=(1, 2))[:, None, None]
    return (whole - covered) / whole.clamp_min(TINY)
