"""Whether the classifier gives a reconstruction the answer that it gave the picture."""

from typing import Literal

import torch
from torch import Tensor
from torch.nn import functional


def prediction_loss(
    logits: Tensor, again: Tensor, task: Literal["multi_label", "single_label"]
) -> Tensor:
    """Mean divergence KL(M(x) || M(y)) of the answers, from logits (B, classes) of both.

    Of the softmax for single-label classifiers, else summed over the classes' sigmoids. In nats,
    0 where the answers are equal.
    """
    logits, again = logits.float(), again.float()
    if task == "single_label":
        first, second = logits.log_softmax(dim=1), again.log_softmax(dim=1)
    else:
        first, second = _both_sides(logits), _both_sides(again)
    divergence = first.exp() * (first - second)
    return divergence.flatten(1).sum(dim=1).mean()


def _both_sides(logits: Tensor) -> Tensor:
    """Log probabilities that each class is there and that it is not, (B, classes, 2)."""
    return torch.stack([functional.logsigmoid(logits), functional.logsigmoid(-logits)], dim=2)
