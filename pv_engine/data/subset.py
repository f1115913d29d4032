"""A seeded choice of some images of a split."""

import numpy as np


def limited(found: list[str], limit: int, seed: int) -> list[str]:
    """A seeded choice of `limit` images in their old order; all of them for 0."""
    if limit == 0 or limit >= len(found):
        return found
    chosen = np.random.default_rng([seed, limit]).choice(len(found), limit, replace=False)
    return [found[index] for index in sorted(chosen)]
