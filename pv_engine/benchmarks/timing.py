"""Timing for comparisons on a noisy machine: warm-up, turns, medians."""

import statistics
import time
from collections.abc import Callable
from typing import Any

import torch


def by_turns(
    ways: dict[str, Callable[[], Any]], images: int, rounds: int, device: torch.device
) -> dict[str, list[float]]:
    """Return images per second of each way, one rate per round; the ways take turns."""
    rates: dict[str, list[float]] = {name: [] for name in ways}
    for turn in range(rounds + 1):
        for name, way in ways.items():
            seconds = measure_seconds(way, device)
            if turn:
                rates[name].append(images / seconds)
    return rates


def measure_seconds(work: Callable[[], Any], device: torch.device) -> float:
    """Return the seconds that the work takes, including work on the device."""
    wait_for(device)
    start = time.perf_counter()
    work()
    wait_for(device)
    return time.perf_counter() - start


def wait_for(device: torch.device) -> None:
    """Wait until the device has finished its queued work."""
    if device.type == "cuda":
        torch.cuda.synchronize(device)


def summary(values: list[float]) -> dict[str, float]:
    """Return minimum, median and maximum of the rounds."""
    return {
        "min": round(min(values), 2),
        "median": round(statistics.median(values), 2),
        "max": round(max(values), 2),
    }
