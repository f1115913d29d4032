"""The decoder's loss, equations (6) to (9) of the paper."""

from dataclasses import dataclass

import torch
from torch import Tensor

from pv_engine.recipe import DecoderConfig
from pv_engine.training.losses.feature_loss import feature_loss
from pv_engine.training.losses.ssim import ssim_per_channel


@dataclass(frozen=True)
class DecoderLoss:
    """The three terms and their weighted sum, each a scalar tensor."""

    mse: Tensor
    ssim: Tensor
    dsim: Tensor
    total: Tensor


def decoder_loss(
    images: Tensor,
    reconstructions: Tensor,
    features: Tensor,
    reconstruction_features: Tensor,
    config: DecoderConfig,
) -> DecoderLoss:
    """Return the decoder's loss, equation (6), and its terms.

    With reduction "sum", the terms are equations (7), (8) and (9) as printed. With "mean", as in
    the authors' published code, (7) and (9) are averaged over all elements and (8) over the batch.
    The recipe may replace (9); see `feature_loss`.

    Parameters
    ----------
    images, reconstructions : (B, 3, H, W) in [0, 1]
    features, reconstruction_features : (B, C, h, w)
    config : DecoderConfig
        Weights, reduction and feature loss.
    """
    images, reconstructions = images.float(), reconstructions.float()
    pixel_errors = (reconstructions - images) ** 2
    similarity = ssim_per_channel(images, reconstructions).sum(dim=1)
    reduce = torch.mean if config.reduction == "mean" else torch.sum
    mse, ssim = reduce(pixel_errors), -reduce(similarity)
    dsim = feature_loss(features, reconstruction_features, config)
    total = config.mse_weight * mse + config.ssim_weight * ssim + config.dsim_weight * dsim
    return DecoderLoss(mse, ssim, dsim, total)
