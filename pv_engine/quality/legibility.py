"""How often a reader's answer is the model's prediction: the machine's version of Table 1."""

from collections.abc import Sequence

import torch
from torch import Tensor

from pv_engine.items.selection import MODEL_RIGHT, MODEL_WRONG, Pick

# Read by a reader's own head, which was fitted to ordinary pictures and never saw a stimulus.
ZERO_SHOT = "zero_shot"
Counts = dict[str, dict[str, int]]


def answers(logits: Tensor, picks: Sequence[Pick]) -> list[int]:
    """The reader's choice among each trial's options, from its logits (N, classes)."""
    return [
        max(pick.options, key=lambda option, row=row: row[option])  # type: ignore[misc] # numbers
        for row, pick in zip(logits.tolist(), picks, strict=True)
    ]


def count_answers(chosen: Sequence[int], picks: Sequence[Pick]) -> Counts:
    """For each stratum and for all: how many pictures, how many answers are the model's
    prediction, and how many name a true label."""
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


def read_kinds(
    kinds: Sequence[str],
    heads: Sequence[torch.nn.Module],
    features: Tensor,
    picks: Sequence[Pick],
) -> dict[str, Counts]:
    """Counts for each kind of stimulus, from the reader's features of each, (N, kinds, C)."""
    return {
        kind: count_answers(answers(head(features[:, place]), picks), picks)
        for place, (kind, head) in enumerate(zip(kinds, heads, strict=True))
    }
