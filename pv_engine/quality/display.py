"""Reconstructions as participants see them, seen again by the classifier.

A decoder can satisfy the classifier with grain that is lost when the picture is enlarged and
compressed. These measures count only what is left of a reconstruction in the file that is shown.
"""

import io
from typing import Any

import torch
from PIL import Image
from torch import Tensor, nn
from torch.nn import functional

from pv_engine.explain.perception import enlarged
from pv_engine.items.pictures import to_picture, to_tensor
from pv_engine.networks.classifier import Classifier
from pv_engine.quality.measures import feature_distance
from pv_engine.recipe import RenderingConfig
from pv_engine.recipe.sections.quality import DISPLAYED_MEASURES, STRATA
from pv_engine.stimulus_sets.writing import compressed


def displayed_again(pictures: Tensor, rendering: RenderingConfig, size: int) -> Tensor:
    """Enlarge, compress and decode pictures as for participants, and reduce them to `size` pixels.

    Parameters
    ----------
    pictures : (B, 3, s, s) in [0, 1]

    Returns
    -------
    (B, 3, size, size) in [0, 1]
    """
    shown = enlarged(pictures.float(), rendering.image_size).cpu()
    decoded = torch.stack([recompressed(picture, rendering.quality) for picture in shown])
    return enlarged(decoded.to(pictures.device), size)


def recompressed(picture: Tensor, quality: int) -> Tensor:
    """Return a picture (3, H, W) in [0, 1] as read from the file that is written of it."""
    with Image.open(io.BytesIO(compressed(to_picture(picture), quality))) as decoded:
        return to_tensor(decoded.convert("RGB"))


@torch.no_grad()
def measure_displayed(
    classifier: Classifier, seen: tuple[Tensor, nn.Module], again: Tensor
) -> Tensor:
    """Return the DISPLAYED_MEASURES of each picture, (B, 3) on the CPU.

    They are `feature_error`, `feature_cosine` and `top1_agreement` of `measure`, but of the
    reconstruction as displayed.

    Parameters
    ----------
    seen : (B, C, h, w) and a head
        z = E(x), and the head that reads it: `classifier.seen(images)`.
    again : (B, 3, H, W) in [0, 1]
        From `displayed_again`, at the classifier's own side.
    """
    features, head = seen
    found, head_again = classifier.seen(again)
    agrees = head_again(found).argmax(dim=1) == head(features).argmax(dim=1)
    columns = (
        feature_distance(found, features, features),
        functional.cosine_similarity(found.float().flatten(1), features.float().flatten(1)),
        agrees.float(),
    )
    return torch.stack(columns, dim=1).cpu()


def displayed_summary(rows: Tensor, places: Tensor, shares: Tensor) -> dict[str, Any]:
    """Return the means of rows (N, 3) by stratum, and their mean weighted by the strata's shares.

    Parameters
    ----------
    places : (N,)
        Each row's index in STRATA.
    shares : (strata,)
        How often each stratum occurs among the held-out pictures.
    """
    parts = {
        name: rows[places == place].double().mean(dim=0)
        for place, name in enumerate(STRATA)
        if (places == place).any()
    }
    weights = torch.stack([shares[STRATA.index(name)] for name in parts]).double()
    whole = (torch.stack(list(parts.values())) * weights[:, None]).sum(dim=0) / weights.sum()
    counts = {name: int((places == STRATA.index(name)).sum()) for name in parts}
    return {
        **_named(whole, len(rows)),
        "strata": {name: _named(part, counts[name]) for name, part in parts.items()},
    }


def _named(means: Tensor, pictures: int) -> dict[str, float]:
    return {
        "displayed_pictures": pictures,
        **dict(zip(DISPLAYED_MEASURES, means.tolist(), strict=True)),
    }
