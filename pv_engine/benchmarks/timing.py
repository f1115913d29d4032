"""Takes times so that a noisy machine harms no comparison: warm-up, turns, medians."""

import statistics
import time
from collections.abc import Callable
from typing import Any

import torch


def by_turns(
    ways: dict[str, Callable[[], Any]], images: int, rounds: int, device: torch.device
) -> dict[str, list[float]]:
    """Images a second of each way: a round of each in turn after one that does not count."""
    rates: dict[str, list[float]] = {name: [] for name in ways}
    for turn in range(rounds + 1):
        for name, way in ways.items():
            seconds = taken(way, device)
            if turn:
                rates[name].append(images / seconds)
    return rates


def taken(work: Callable[[], Any], device: torch.device) -> float:
    """Seconds until the work is done, also on the device."""
    wait_for(device)
    start = time.perf_counter()
    work()
    wait_for(device)
    return time.perf_counter() - start


def wait_for(device: torch.device) -> None:
    """Until the device has done what it was given."""
    if device.type == "cuda":
        torch.cuda.synchronize(device)


def summary(values: list[float]) -> dict[str, float]:
    """Least, median and greatest of the rounds."""
    return {
        "min": round(min(values), 2),
        "median": round(statistics.median(values), 2),
        "max": round(max(values), 2),
    }
