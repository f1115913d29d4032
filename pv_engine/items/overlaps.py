"""How well a predicted mask fits the true one."""

import numpy as np

from pv_engine.data.masks import IGNORED


def overlap(
    predicted: np.ndarray, actual: np.ndarray, number: int, skips: tuple[int, ...] = ()
) -> float:
    """Return the intersection over union of a class's predicted and true pixels.

    Parameters
    ----------
    predicted, actual : (H, W)
        The number of each pixel's class from 1, 0 for none; IGNORED pixels of `actual` do not
        count.
    number : int
        The class.
    skips : tuple of int
        Further numbers whose pixels of `actual` do not count.

    Returns
    -------
    float
        0 where neither has a pixel.

    Examples
    --------
    >>> overlap(np.array([[1, 1], [0, 2]]), np.array([[1, 0], [1, 255]]), 1)
    0.3333333333333333
    """
    counts = ~np.isin(actual, (IGNORED, *skips))
    ours, theirs = (predicted == number) & counts, (actual == number) & counts
    union = int((ours | theirs).sum())
    return int((ours & theirs).sum()) / union if union else 0.0
