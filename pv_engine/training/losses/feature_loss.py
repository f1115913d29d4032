"""How far the features of a reconstruction are from those of its picture."""

import torch
from torch import Tensor

from pv_engine.recipe import DecoderConfig


def feature_loss(features: Tensor, again: Tensor, config: DecoderConfig) -> Tensor:
    """The recipe's DSIM of features z and E(y), both (B, C, h, w).

    `squared` is equation (9): the squared differences, averaged or summed. `relative` is
    ||E(y) - z||² / ||z||² of each picture, averaged or summed over pictures, so that its weight
    does not depend on the encoder; of it, `pooled_share` is taken on the means over cells, which
    are all that a head of average pooling and a linear layer reads.
    """
    reduce = torch.mean if config.reduction == "mean" else torch.sum
    features, again = features.float(), again.float()
    if config.feature_loss == "squared":
        return reduce((again - features) ** 2)
    by_cell = _relative(features, again)
    pooled = _relative(features.mean(dim=(2, 3)), again.mean(dim=(2, 3)))
    return reduce((1 - config.pooled_share) * by_cell + config.pooled_share * pooled)


def _relative(features: Tensor, again: Tensor) -> Tensor:
    """(B,) of squared distances in units of the features' squared length."""
    size = (features.flatten(1) ** 2).sum(dim=1)
    distance = ((again - features).flatten(1) ** 2).sum(dim=1)
    return distance / size.clamp_min(torch.finfo(torch.float32).tiny)
