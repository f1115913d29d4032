"""The classes that maps are drawn for, beside each image's top class."""

import torch
from torch import Tensor

from pv_engine.recipe.targets import SECOND, TRUE

# Where an image has no such class.
MISSING = -1


def target_classes(target: str, logits: Tensor, labels: Tensor, classes: tuple[str, ...]) -> Tensor:
    """Return each image's class for one of the recipe's further targets.

    Parameters
    ----------
    target : str
        `second`, the class with the second highest logit; `true`, of the image's true labels the
        one with the highest logit; or the name of a class.
    logits, labels : (B, classes)
    classes : tuple of str
        The names of the logits.

    Returns
    -------
    (B,)
        Class numbers; MISSING where an image has no true label.
    """
    if target == SECOND:
        return logits.topk(2, dim=1).indices[:, 1]
    if target == TRUE:
        actual = labels.to(logits.device).bool()
        best = logits.masked_fill(~actual, -torch.inf).argmax(dim=1)
        return torch.where(actual.any(dim=1), best, MISSING)
    return torch.full((len(logits),), classes.index(target), device=logits.device)
