"""How often a reader network names the model's prediction: the paper's Table 1, by machine."""

from collections.abc import Sequence

import torch
from torch import Tensor

from pv_engine.items.selection import MODEL_RIGHT, MODEL_WRONG, Pick

# Read by a reader's own head, which was fitted to ordinary pictures and never saw a stimulus.
ZERO_SHOT = "zero_shot"
Counts = dict[str, dict[str, int]]


def answers(logits: Tensor, picks: Sequence[Pick]) -> list[int]:
    """Return the reader's choice among each item's options, from its logits (N, classes)."""
    return [
        max(pick.options, key=lambda option, row=row: row[option])  # type: ignore[misc] # numbers
        for row, pick in zip(logits.tolist(), picks, strict=True)
    ]


def count_answers(chosen: Sequence[int], picks: Sequence[Pick]) -> Counts:
    """Count pictures, answers equal to the prediction, and answers equal to a true label.

    The counts are by stratum and for all pictures.
    """
    counts = {}
    for stratum in (MODEL_WRONG, MODEL_RIGHT, "all"):
        rows = [
            (answer, pick)
            for answer, pick in zip(chosen, picks, strict=True)
            if stratum in ("all", pick.stratum)
        ]
        counts[stratum] = {
            "pictures": len(rows),
            "prediction": sum(answer == pick.prediction for answer, pick in rows),
            "truth": sum(answer in pick.true_labels for answer, pick in rows),
        }
    return counts


def named_probabilities(
    kinds: Sequence[str],
    heads: Sequence[torch.nn.Module],
    features: Tensor,
    picks: Sequence[Pick],
) -> dict[str, dict[str, float]]:
    """Return, for each kind and item name, the reader's probability of the model's prediction.

    It is the softmax of the reader's logits over the item's options: how legible each stimulus is.
    """
    found: dict[str, dict[str, float]] = {}
    for place, (kind, head) in enumerate(zip(kinds, heads, strict=True)):
        found[kind] = {}
        for logits, pick in zip(head(features[:, place]), picks, strict=True):
            among = logits[list(pick.options)].softmax(dim=0)
            # More digits would differ between processors.
            found[kind][pick.name] = round(float(among[pick.options.index(pick.prediction)]), 4)
    return found


def read_kinds(
    kinds: Sequence[str],
    heads: Sequence[torch.nn.Module],
    features: Tensor,
    picks: Sequence[Pick],
) -> dict[str, Counts]:
    """Return the counts of each kind of stimulus, from the reader's features (N, kinds, C)."""
    return {
        kind: count_answers(answers(head(features[:, place]), picks), picks)
        for place, (kind, head) in enumerate(zip(kinds, heads, strict=True))
    }
