"""What of the features is compared: principal components, and what the head reads in each cell."""

from dataclasses import dataclass

import torch
from torch import Tensor, nn

from pv_engine.errors import RecipeError
from pv_engine.networks.heads import PooledLinear


class CellMoments:
    """Mean and covariance of feature cells, summed in double precision batch by batch."""

    def __init__(self, channels: int) -> None:
        self.count = 0
        self.sum = torch.zeros(channels, dtype=torch.float64)
        self.products = torch.zeros(channels, channels, dtype=torch.float64)

    def add(self, features: Tensor) -> None:
        """Take in the cells of features (B, C, h, w)."""
        cells = features.permute(0, 2, 3, 1).flatten(0, 2).double().cpu()
        self.count += len(cells)
        self.sum += cells.sum(dim=0)
        self.products.addmm_(cells.T, cells)

    @property
    def mean(self) -> Tensor:
        return self.sum / self.count

    @property
    def covariance(self) -> Tensor:
        return self.products / self.count - torch.outer(self.mean, self.mean)


@dataclass(frozen=True)
class Projection:
    """A linear map of cells: `rows` (k, C) times a cell's features less `mean` (C,).

    Its inner products are those that the search compares, so its rows hold all weights.
    """

    mean: Tensor
    rows: Tensor

    def __call__(self, features: Tensor) -> Tensor:
        """Features (B, C, h, w) to (B, k, h, w), in single precision."""
        centred = features.float() - self.mean[:, None, None]
        return torch.einsum("kc,bchw->bkhw", self.rows, centred)

    def to(self, device: torch.device) -> "Projection":
        return Projection(self.mean.to(device), self.rows.to(device))


def fit_projection(
    moments: CellMoments, head: nn.Module, components: int, head_share: float
) -> Projection:
    """Principal components without whitening, then the centred rows of the head.

    Each part is scaled to a mean square of 1 and weighed, 1 - g and g for a head share g. With
    g = 0 the head plays no part. RecipeError for a head share with a head that is not average
    pooling and one linear layer, for only that one says something of each cell.
    """
    covariance = moments.covariance
    parts = []
    if head_share < 1:
        parts.append(_scaled(_components(covariance, components), covariance, 1 - head_share))
    if head_share > 0:
        parts.append(_scaled(_head_rows(head), covariance, head_share))
    return Projection(moments.mean.float(), torch.cat(parts).float())


def _components(covariance: Tensor, count: int) -> Tensor:
    """The first principal components (count, C), or as many as there are channels."""
    _, vectors = torch.linalg.eigh(covariance)
    rows: Tensor = vectors.T.flip(0)[:count].contiguous()
    return rows


def _head_rows(head: nn.Module) -> Tensor:
    if not isinstance(head, PooledLinear):
        raise RecipeError(
            "exemplar.head_share is above 0, but the network's head is not average pooling and one "
            "linear layer, so it says nothing of single cells; set exemplar.head_share = 0."
        )
    rows = head.linear.weight.detach().double().cpu()
    centred: Tensor = rows - rows.mean(dim=0)
    return centred


def _scaled(rows: Tensor, covariance: Tensor, weight: float) -> Tensor:
    """Rows whose squared projections have the mean `weight` over cells."""
    mean_square = torch.einsum("kc,cd,kd->", rows, covariance, rows)
    scale: Tensor = (weight / mean_square.clamp_min(torch.finfo(mean_square.dtype).tiny)).sqrt()
    return rows * scale
