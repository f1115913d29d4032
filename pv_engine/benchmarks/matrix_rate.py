"""A device's rate of matrix multiplication, the reference for its utilisation."""

import torch

from pv_engine.benchmarks.timing import measure_seconds

# Large enough to reach the device's full rate, small enough to take a moment.
SIDES = {"cuda": 8192, "cpu": 1536}
REPEATS = 20
ROUNDS = 3


def precision(device: torch.device) -> str:
    """Return the number type that networks use on this device."""
    return "bfloat16" if device.type == "cuda" else "float32"


def matrix_rate(device: torch.device) -> float:
    """Return operations per second of a large matrix product, the best of three rounds."""
    side, dtype = SIDES[device.type], getattr(torch, precision(device))
    left, right = (torch.randn(side, side, device=device, dtype=dtype) for _ in range(2))

    def multiply() -> None:
        for _ in range(REPEATS):
            left @ right

    seconds = [measure_seconds(multiply, device) for _ in range(ROUNDS + 1)]
    return 2 * side**3 * REPEATS / min(seconds[1:])
