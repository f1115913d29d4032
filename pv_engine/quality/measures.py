"""Measures of reconstructions, one row per picture, and their means by stratum."""

from typing import Any

import torch
from torch import Tensor, nn

from pv_engine.networks.classifier import Classifier
from pv_engine.recipe import ClassifierConfig
from pv_engine.recipe.sections.quality import KEPT, MEASURES, STRATA
from pv_engine.training.losses.ssim import ssim_per_channel
from pv_engine.training.validation_measures import is_model_right, is_model_wrong, predicted_sets

# A perfect picture gets 120 dB instead of infinity, which JSON cannot represent.
LEAST_MSE = 1e-12


@torch.no_grad()
def measure(
    classifier: Classifier,
    images: Tensor,
    seen: tuple[Tensor, nn.Module],
    reconstructions: Tensor,
) -> Tensor:
    """Return the MEASURES of each picture.

    MSE over all channels; PSNR in dB for a range of 1; SSIM averaged over channels; `feature_error`
    is ||E(y) - z||² / ||z||²; `feature_cosine` is the cosine between E(y) and z; `top1_agreement`
    is 1 if E(y) and z have the same top class. A network that keeps prefix tokens beside its
    features has KEPT as well: the same with the prefix tokens of x beside E(y).

    Parameters
    ----------
    images : (B, 3, H, W) in [0, 1]
        x
    seen : (B, C, h, w) and a head
        z = E(x), and the head that reads it: `classifier.seen(images)`.
    reconstructions : (B, 3, H, W) or (1, 3, H, W) in [0, 1]
        y

    Returns
    -------
    (B, 6), or (B, 7) with prefix tokens
        On the CPU.
    """
    features, head = seen
    found, head_again = classifier.seen(reconstructions)
    again = found.float().expand(features.shape)
    top = head(features).argmax(dim=1)
    pictures = reconstructions.float().expand(images.shape)
    mse = ((images.float() - pictures) ** 2).mean(dim=(1, 2, 3))
    columns = [
        mse,
        -10 * torch.log10(mse.clamp_min(LEAST_MSE)),
        ssim_per_channel(images, pictures).mean(dim=1),
        feature_distance(again, features, features),
        torch.nn.functional.cosine_similarity(again.flatten(1), features.float().flatten(1)),
        (head_again(found).argmax(dim=1) == top).float(),
    ]
    if classifier.beside:
        columns.append((head(again).argmax(dim=1) == top).float())
    return torch.stack(columns, dim=1).cpu()


def feature_distance(first: Tensor, second: Tensor, scale: Tensor) -> Tensor:
    """Return ||first - second||² / ||scale||² of each row of (B, C, h, w), as (B,)."""
    difference = (first.float() - second.float()).flatten(1)
    size = (scale.float().flatten(1) ** 2).sum(dim=1)
    return (difference**2).sum(dim=1) / size.clamp_min(torch.finfo(torch.float32).tiny)


def strata(logits: Tensor, labels: Tensor, config: ClassifierConfig) -> Tensor:
    """Return each picture's index in STRATA, (N,), from logits and labels (N, classes)."""
    predicted, actual = predicted_sets(logits, config), labels.bool()
    places = torch.full((len(logits),), STRATA.index("other"))
    places[is_model_wrong(predicted, actual)] = STRATA.index("model_wrong")
    places[is_model_right(predicted, actual)] = STRATA.index("model_right")
    return places


def summary(rows: Tensor, places: Tensor) -> dict[str, Any]:
    """Return the means of rows (N, 6) over all pictures and, under `strata`, in each stratum."""
    parts = {name: rows[places == place] for place, name in enumerate(STRATA)}
    return {
        **_means(rows),
        "strata": {name: _means(part) for name, part in parts.items() if len(part)},
    }


def _means(rows: Tensor) -> dict[str, float]:
    means = rows.double().mean(dim=0).tolist()
    return {"pictures": len(rows), **dict(zip((*MEASURES, KEPT), means, strict=False))}
