"""The engine's speed: stimuli, decoder training, exemplar search."""

from typing import Any

from pv_engine.benchmarks import engine, exemplars
from pv_engine.benchmarks.gpu_session.session import Session


def measure_engine(session: Session, seconds: float) -> dict[str, Any]:
    """Return stimuli per second against the per-image way, and the share of the matrix rate."""
    if session.tiny:
        return engine.measure(images=2, batch=2, rounds=1, width=0.05)
    # Batches of the size that the paper trains with, and its decoder.
    is_cuda = session.device.type == "cuda"
    return engine.measure(images=512, batch=64, rounds=5, width=1.0, compile=is_cuda)


def measure_search(session: Session, seconds: float) -> dict[str, Any]:
    """Return seconds an item of searching a bank of made-up features."""
    pictures, items = (200, 2) if session.tiny else (20_000, 32)
    return exemplars.measure_search(pictures, (96, 7, 7), shift=2, items=items, rounds=3)
