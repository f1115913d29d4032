"""The distance between the features of a reconstruction and those of its picture."""

import torch
from torch import Tensor

from pv_engine.recipe import DecoderConfig


def feature_loss(features: Tensor, again: Tensor, config: DecoderConfig) -> Tensor:
    """Return the feature loss (DSIM) of the recipe, a scalar.

    `squared` is equation (9), the squared differences, averaged or summed. `relative` is
    ||E(y) - z||² / ||z||² of each picture, averaged or summed over pictures, so that its weight
    does not depend on the encoder. The share `pooled_share` of it is computed on the means over
    cells, the only input of a head with average pooling.

    Parameters
    ----------
    features : (B, C, h, w)
        z, of the pictures.
    again : (B, C, h, w)
        E(y), of the reconstructions.
    """
    reduce = torch.mean if config.reduction == "mean" else torch.sum
    features, again = features.float(), again.float()
    if config.feature_loss == "squared":
        return reduce((again - features) ** 2)
    by_cell = _relative(features, again)
    pooled = _relative(features.mean(dim=(2, 3)), again.mean(dim=(2, 3)))
    return reduce((1 - config.pooled_share) * by_cell + config.pooled_share * pooled)


def _relative(features: Tensor, again: Tensor) -> Tensor:
    """Return squared distances relative to the features' squared norms, (B,)."""
    size = (features.flatten(1) ** 2).sum(dim=1)
    distance = ((again - features).flatten(1) ** 2).sum(dim=1)
    return distance / size.clamp_min(torch.finfo(torch.float32).tiny)
