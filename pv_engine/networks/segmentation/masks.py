"""Scores of classes from logits of every pixel: those of a class, summed over its mask."""

import torch
from torch import Tensor
from torch.nn import functional


def mask_scores(logits: Tensor, has_background: bool) -> Tensor:
    """Return each class's logits summed over the pixels where it is the predicted one.

    This is pytorch-grad-cam's SemanticSegmentationTarget with the predicted masks, whose pixels do
    not change with the gradient. A class without a pixel is set below all others, at the lowest
    score minus the largest absolute one minus 1; `present_classes` finds those that have one.

    Parameters
    ----------
    logits : (B, K, H, W)
    has_background : bool
        Whether the first of the K is no class; it keeps its pixels.

    Returns
    -------
    (B, classes)
    """
    masks = predicted_masks(logits)
    own = functional.one_hot(masks, logits.shape[1]).permute(0, 3, 1, 2).to(logits.dtype)
    first = 1 if has_background else 0
    scores = (logits * own).sum(dim=(2, 3))[:, first:]
    is_there = own.sum(dim=(2, 3))[:, first:] > 0
    return torch.where(is_there, scores, _absent(scores.detach(), is_there))


def predicted_masks(logits: Tensor) -> Tensor:
    """Return the number of each pixel's class, (B, H, W), from logits (B, K, H, W)."""
    return logits.argmax(dim=1)


def _absent(scores: Tensor, is_there: Tensor) -> Tensor:
    """Return the score of classes without a pixel, (B, 1); 0 where no class has any."""
    lowest = scores.masked_fill(~is_there, torch.inf).amin(dim=1, keepdim=True)
    largest = scores.abs().masked_fill(~is_there, 0).amax(dim=1, keepdim=True)
    return torch.where(is_there.any(dim=1, keepdim=True), lowest - largest - 1, 0.0)


def present_classes(scores: Tensor) -> Tensor:
    """Return which classes have a pixel, (N, classes) booleans, from `mask_scores`."""
    above = scores > scores.amin(dim=1, keepdim=True)
    is_absent = torch.isclose(scores, _absent(scores, above))
    return torch.where(above.any(dim=1, keepdim=True), ~is_absent, torch.zeros_like(above))
