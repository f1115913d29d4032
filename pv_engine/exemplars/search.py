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
        count = min(count, int(allowed.sum()))
        # Only those that may be among the best are put in order.
        least = scores.topk(count).values[-1:]
        rows = (scores >= least).nonzero().flatten() if count else allowed.nonzero().flatten()
        order = scores[rows].argsort(descending=True, stable=True)[:count]
        return [self.exemplar(query, row) for row in rows[order].tolist()]

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
    own = (features.square() * maps[:, None]).sum(dim=(1, 2, 3))
    shifts = [(down, right) for down in _range(most) for right in _range(most)]
    used = torch.stack([uncovered(maps, shift) <= UNCOVERED for shift in shifts], dim=1)
    queries = _moved_queries(features, maps, shifts, used)
    scores, places = [], []
    for _, chunk in bank.chunks():
        inner, square = queries.with_pictures(chunk.flatten(1, 2))
        cosines = inner / (own[:, None, None] * square).sqrt().clamp_min(TINY)
        best = cosines.masked_fill(~used[..., None], -torch.inf).max(dim=1)
        scores.append(best.values.cpu())
        places.append(best.indices.cpu())
    return Comparison(torch.cat(scores, dim=1), torch.tensor(shifts)[torch.cat(places, dim=1)])


@dataclass(frozen=True)
class _MovedQueries:
    """Q queries at S shifts, moved instead of the bank, which is read where it lies.

    `maps` (Q S, cells) are theirs, zero where a shift is not used; `counting` says for each cell
    which of the Q S have a map there, and `weighted` (n, k) are their features there times the map.
    """

    shape: tuple[int, int]
    maps: Tensor
    counting: list[Tensor]
    weighted: list[Tensor]

    def with_pictures(self, cells: Tensor) -> tuple[Tensor, Tensor]:
        """Sums of m q b and of m |b|² over cells, (Q, S, n), of n pictures (n, cells, k)."""
        square = self.maps @ torch.linalg.vector_norm(cells, dim=2).square().T
        inner = torch.zeros_like(square)
        # A map is zero nearly everywhere, and cell by cell nothing is computed there.
        for cell, (rows, weighted) in enumerate(zip(self.counting, self.weighted, strict=True)):
            inner.index_add_(0, rows, weighted @ cells[:, cell].T)
        return inner.view(*self.shape, -1), square.view(*self.shape, -1)


def _moved_queries(
    features: Tensor, maps: Tensor, shifts: Sequence[tuple[int, int]], used: Tensor
) -> _MovedQueries:
    """Queries (Q, k, h, w) under maps (Q, h, w) at all shifts, of which some are `used`, (Q, S)."""

    def moved(values: Tensor) -> Tensor:
        """(Q, C, h, w) to (Q S, C, cells)."""
        return (
            torch.stack([moved_back(values, shift) for shift in shifts], dim=1)
            .flatten(3)
            .flatten(0, 1)
        )

    there = moved(maps[:, None])[:, 0] * used.flatten()[:, None]
    weighted = moved(features * maps[:, None])
    counting = [cell.nonzero().flatten() for cell in there.T]
    return _MovedQueries(
        (len(maps), len(shifts)),
        there,
        counting,
        [weighted[rows, :, cell].contiguous() for cell, rows in enumerate(counting)],
    )


@torch.no_grad()
def cosine_at(bank: Bank, exemplar: Exemplar, features: Tensor, saliency: Tensor) -> float:
    """The score of an exemplar for other features (k, h, w) and map (h, w), moved as it is."""
    own = (features.square() * saliency).sum()
    [picked] = bank.pick(torch.tensor([exemplar.row]))
    inner = (moved_back(features * saliency, exemplar.shift) * picked).sum()
    square = (moved_back(saliency, exemplar.shift) * picked.square()).sum()
    return float(inner / (own * square).sqrt().clamp_min(TINY))


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
