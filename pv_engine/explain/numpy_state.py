"""Protects NumPy's global random state from libraries that use it."""

import contextlib
from collections.abc import Iterator

import numpy as np


@contextlib.contextmanager
def fixed_numpy_seed() -> Iterator[None]:
    """Seed NumPy's global state for the block, and restore it afterwards.

    scikit-learn's kernel PCA, which pytorch-grad-cam uses, draws from that state.
    """
    before = np.random.get_state()  # noqa: NPY002 - the library uses this state
    np.random.seed(0)  # noqa: NPY002
    try:
        yield
    finally:
        np.random.set_state(before)  # noqa: NPY002
