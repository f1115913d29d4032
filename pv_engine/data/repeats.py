"""Finds pictures that are in the training and in the held-out images."""

import hashlib

import numpy as np

# Of BLAKE2, in bytes: two of a billion different pictures agree with a chance of 1e-21.
DIGEST = 16


def digest(picture: np.ndarray) -> np.ndarray:
    """Return a picture's digest, (DIGEST,) bytes; all zero stands for one that was not taken."""
    content = hashlib.blake2b(np.ascontiguousarray(picture).tobytes(), digest_size=DIGEST)
    return np.frombuffer(content.digest(), dtype=np.uint8)


def repeated(training: np.ndarray, held_out: np.ndarray) -> list[tuple[int, int]]:
    """Return rows (training, held-out) of the same pictures, by their digests (N, DIGEST)."""
    first = {row.tobytes(): number for number, row in reversed(list(enumerate(training)))}
    first.pop(bytes(DIGEST), None)
    pairs = ((first.get(row.tobytes()), number) for number, row in enumerate(held_out))
    return [(number, other) for number, other in pairs if number is not None]
