"""Keeps NumPy's global random state from what draws from it."""

import contextlib
from collections.abc import Iterator

import numpy as np


@contextlib.contextmanager
def numpy_randomness_kept() -> Iterator[None]:
    """The same start for what draws from NumPy's global state, which is restored afterwards.

    scikit-learn's kernel PCA, which pytorch-grad-cam uses, does.
    """
    before = np.random.get_state()  # noqa: NPY002 - the state that the library draws from
    np.random.seed(0)  # noqa: NPY002
    try:
        yield
    finally:
        np.random.set_state(before)  # noqa: NPY002
