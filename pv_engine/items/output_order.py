"""Finds a classifier whose outputs stand in another order than the data's classes."""

import numpy as np
import torch
from torch import Tensor

from pv_engine.errors import SelectionError

# Below this number of images a class, another order fits by chance.
IMAGES_PER_CLASS = 5
# Another order is the likelier cause where it makes most images right, and twice as many as this.
MOST = 0.5


def refuse_other_order(logits: Tensor, labels: Tensor, classes: tuple[str, ...]) -> None:
    """Raise SelectionError if the top classes are wrong, but right under another order of outputs.

    A good network whose outputs are matched with the wrong names would make its right answers
    items of the stratum `model_wrong`. This is an inference from the answers, for weights that do
    not name their outputs. It overlooks another order of few classes, of a network that is right
    about less than MOST of the images, and with less than IMAGES_PER_CLASS images a class.

    Parameters
    ----------
    logits, labels : (N, classes)
        Each image has one label.
    """
    actual = labels.argmax(dim=1)
    present = sorted(set(actual.tolist()))
    if not (labels.sum(dim=1) == 1).all() or len(labels) < IMAGES_PER_CLASS * len(present):
        return
    predicted = logits.argmax(dim=1)
    right = float((predicted == actual).float().mean())
    output, reordered = _best_order(predicted, actual, len(classes))
    if reordered < MOST or right > reordered / 2:
        return
    place = next(number for number in present if output[number] != number)
    raise SelectionError(
        f"Only {right:.1%} of the held-out images are right, but {reordered:.1%} would be if "
        f"output {output[place]} were {classes[place]!r} and so on: nothing names the outputs, so "
        "from the answers alone they seem to stand in another order than the data's classes, which "
        "are sorted as text (0, 1, 10, 2); list the classes in the order of the outputs in a file "
        "and name it in data.classes."
    )


def _best_order(predicted: Tensor, actual: Tensor, classes: int) -> tuple[list[int], float]:
    """Return the output for each class that makes most images right, and the share of these."""
    from scipy.optimize import linear_sum_assignment

    counts = torch.zeros(classes, classes)
    counts.index_put_((actual, predicted), torch.ones(len(actual)), accumulate=True)
    rows, outputs = linear_sum_assignment(counts.numpy(), maximize=True)
    share = counts.numpy()[rows, outputs].sum() / len(actual)
    return np.asarray(outputs).tolist(), float(share)
