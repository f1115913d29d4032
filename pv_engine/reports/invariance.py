"""Compares two decoders of one classifier, trained on different pictures (the paper's figure 7).

If both show what the classifier keeps of a picture, they agree with each other more than either
agrees with the original.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn

from pv_engine.items.pictures import to_picture
from pv_engine.networks.classifier import Classifier
from pv_engine.quality.measures import feature_distance
from pv_engine.reports.quality_tables import MeasureTable
from pv_engine.reports.sheet import Card, Sheet, SheetSection, Shown
from pv_engine.training.images import Pictures
from pv_engine.training.losses.ssim import ssim_per_channel

PAIRS = ("between", "first", "second")
MEASURES = ("mse", "ssim", "feature_distance")


@dataclass(frozen=True)
class Decoders:
    """A classifier and two decoders of its features, all in eval mode."""

    classifier: Classifier
    first: nn.Module
    second: nn.Module


@torch.no_grad()
def compare_batch(decoders: Decoders, images: Tensor) -> tuple[Tensor, tuple[Tensor, Tensor]]:
    """Return the measures of each image, and both reconstructions.

    The measures of each of PAIRS (y1 and y2, y1 and x, y2 and x) are MSE, SSIM averaged over
    channels, and the feature distance ||E(.) - E(.)||² / ||E(x)||².

    Parameters
    ----------
    images : (B, 3, H, W) in [0, 1]
        x

    Returns
    -------
    measures : (B, 3, 3)
        Pairs by measures, on the CPU.
    reconstructions : two tensors (B, 3, H, W) in [0, 1]
        y1 and y2
    """
    encode = decoders.classifier.encode
    features = encode(images)
    first, second = decoders.first(features), decoders.second(features)
    again = encode(first), encode(second)
    pairs = (
        (first, second, *again),
        (first, images, again[0], features),
        (second, images, again[1], features),
    )
    measured = [
        torch.stack(
            [
                ((one.float() - other.float()) ** 2).mean(dim=(1, 2, 3)),
                ssim_per_channel(one, other).mean(dim=1),
                feature_distance(of_one, of_other, features),
            ],
            dim=1,
        )
        for one, other, of_one, of_other in pairs
    ]
    return torch.stack(measured, dim=1).cpu(), (first, second)


def compare(decoders: Decoders, pictures: Pictures, batch_size: int) -> Tensor:
    """Return the measures of all pictures, (N, 3, 3), as in compare_batch."""
    batches = pictures.batches(batch_size)
    return torch.cat([compare_batch(decoders, pictures.batch(rows))[0] for rows in batches])


def summary(measures: Tensor) -> dict[str, Any]:
    """Return each pair's means, and how often the decoders are closer to each other.

    Closer means: they agree with each other more than either does with the original.
    """
    means = measures.double().mean(dim=0).tolist()
    between, first, second = measures.unbind(dim=1)
    ssim, distance = MEASURES.index("ssim"), MEASURES.index("feature_distance")
    closer = {
        "ssim": between[:, ssim] > torch.maximum(first[:, ssim], second[:, ssim]),
        "feature_distance": between[:, distance]
        < torch.minimum(first[:, distance], second[:, distance]),
    }
    return {
        "pictures": len(measures),
        **{pair: dict(zip(MEASURES, row, strict=True))
           for pair, row in zip(PAIRS, means, strict=True)},
        "closer_to_each_other": {
            name: float(share.double().mean()) for name, share in closer.items()
        },
    }  # fmt: skip


def comparison_table(found: dict[str, Any], names: tuple[str, str]) -> MeasureTable:
    """Return the summary as a table."""
    titles = (
        "the two decoders' pictures",
        f"{names[0]} and the original",
        f"{names[1]} and the original",
    )
    rows = tuple(
        (title, *(f"{found[pair][name]:.4f}" for name in MEASURES))
        for title, pair in zip(titles, PAIRS, strict=True)
    )
    shares = found["closer_to_each_other"]
    closer = ("closer to each other in", "", *(f"{100 * shares[name]:.0f} %" for name in shares))
    return MeasureTable(
        f"Two decoders on {found['pictures']} held-out pictures",
        ("", "MSE", "SSIM", "feature distance"),
        (*rows, closer),
    )


def comparison_sheet(
    decoders: Decoders,
    images: Tensor,
    image_names: Sequence[str],
    names: tuple[str, str],
    found: dict[str, Any],
) -> Sheet:
    """Return some originals (B, 3, H, W) beside both reconstructions, and the table of all."""
    measures, drawn = compare_batch(decoders, images)
    cards = tuple(
        _card(name, names, (images[place], drawn[0][place], drawn[1][place]), measures[place])
        for place, name in enumerate(image_names)
    )
    return Sheet(
        title="Two decoders of one classifier",
        about=(
            f"Held-out pictures, and their reconstructions by the decoders of {names[0]} and "
            f"{names[1]} from the same features. The decoders were trained on different pictures."
        ),
        sections=(SheetSection("Pictures", cards),),
        tables=(comparison_table(found, names),),
    )


def _card(
    image_name: str, names: tuple[str, str], pictures: tuple[Tensor, ...], measures: Tensor
) -> Card:
    labels = ("original", *names)
    between, first, second = measures[:, MEASURES.index("ssim")].tolist()
    return Card(
        name=image_name,
        pictures=tuple(
            Shown(label, to_picture(picture))
            for label, picture in zip(labels, pictures, strict=True)
        ),
        lines=(
            ("SSIM of the two", f"{between:.2f}"),
            ("SSIM with the original", f"{first:.2f}, {second:.2f}"),
        ),
    )
