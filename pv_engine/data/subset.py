"""A seeded choice of images from a split."""

import numpy as np


def choose_subset(found: list[str], limit: int, seed: int) -> list[str]:
    """Return a seeded choice of `limit` images in their original order; all of them for 0."""
    if limit == 0 or limit >= len(found):
        return found
    chosen = np.random.default_rng([seed, limit]).choice(len(found), limit, replace=False)
    return [found[index] for index in sorted(chosen)]
