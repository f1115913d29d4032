"""Validation measures of classifiers and reconstructions."""

import math

import torch
from torch import Tensor

from pv_engine.networks.segmentation.masks import present_classes
from pv_engine.recipe import ClassifierConfig
from pv_engine.training.losses.ssim import ssim_per_channel


def predicted_sets(logits: Tensor, config: ClassifierConfig) -> Tensor:
    """Return the predicted classes of each image.

    Multi-label: every class whose probability reaches the threshold, possibly none. Single-label:
    the top class. Segmentation: every class with a pixel.

    Parameters
    ----------
    logits : (N, classes)

    Returns
    -------
    (N, classes) booleans
    """
    if config.task == "single_label":
        return torch.nn.functional.one_hot(logits.argmax(dim=1), logits.shape[1]).bool()
    if config.task == "segmentation":
        return present_classes(logits)
    return torch.sigmoid(logits) >= config.threshold


def classification_quality(
    logits: Tensor, labels: Tensor, config: ClassifierConfig
) -> dict[str, float]:
    """Return exact match, mean average precision, and the share of images in each stratum.

    Parameters
    ----------
    logits, labels : (N, classes)
    """
    predicted, actual = predicted_sets(logits, config), labels.bool()
    return {
        "exact_match": float((predicted == actual).all(dim=1).float().mean()),
        "mean_average_precision": mean_average_precision(logits, labels),
        "share_model_right": float(is_model_right(predicted, actual).float().mean()),
        "share_model_wrong": float(is_model_wrong(predicted, actual).float().mean()),
    }


def is_model_right(predicted: Tensor, actual: Tensor) -> Tensor:
    """Return where the predicted set equals the label set, (N,) booleans (paper, section 4)."""
    return (predicted == actual).all(dim=1) & actual.any(dim=1)


def is_model_wrong(predicted: Tensor, actual: Tensor) -> Tensor:
    """Return where a non-empty predicted set has no true label, (N,) booleans (section 4)."""
    return predicted.any(dim=1) & ~(predicted & actual).any(dim=1) & actual.any(dim=1)


def mean_average_precision(scores: Tensor, labels: Tensor) -> float:
    """Return the mean of `average_precision` over the classes with a positive."""
    return float(average_precision(scores, labels).nanmean())


def average_precision(scores: Tensor, labels: Tensor) -> Tensor:
    """Return each class's area under the precision-recall steps; NaN without a positive.

    Parameters
    ----------
    scores, labels : (N, classes)

    Returns
    -------
    (classes,)
    """
    order = scores.argsort(dim=0, descending=True, stable=True)
    hits = labels.gather(0, order)
    ranks = torch.arange(1, len(hits) + 1, dtype=hits.dtype)[:, None]
    precision = hits.cumsum(dim=0) / ranks
    positives = hits.sum(dim=0)
    return (precision * hits).sum(dim=0) / positives


def reconstruction_quality(images: Tensor, reconstructions: Tensor) -> dict[str, float]:
    """Return means over pictures (B, 3, H, W) in [0, 1] of MSE, PSNR in dB, and SSIM."""
    mse = ((images.float() - reconstructions.float()) ** 2).mean(dim=(1, 2, 3))
    ssim = ssim_per_channel(images, reconstructions).mean(dim=1)
    psnr = -10 * torch.log10(mse.clamp_min(1e-12))
    return {
        "mse": float(mse.mean()),
        "psnr": float(psnr.mean()),
        "ssim": float(ssim.mean()),
    }


def averaged(measures: list[tuple[int, dict[str, float]]]) -> dict[str, float]:
    """Return each measure's mean over batches, weighted by their numbers of pictures."""
    total = sum(count for count, _ in measures)
    names = measures[0][1] if measures else {}
    return {
        name: math.fsum(count * values[name] for count, values in measures) / total
        for name in names
    }
