"""What a device can multiply: the yardstick of its utilisation."""

import torch

from pv_engine.benchmarks.timing import taken

# Large enough to reach the device's rate, small enough for a moment.
SIDES = {"cuda": 8192, "cpu": 1536}
REPEATS = 20
ROUNDS = 3


def precision(device: torch.device) -> str:
    """The number type that networks run in on this device."""
    return "bfloat16" if device.type == "cuda" else "float32"


def matrix_rate(device: torch.device) -> float:
    """Operations a second of a large matrix product, the best of three rounds after a warm-up."""
    side, dtype = SIDES[device.type], getattr(torch, precision(device))
    left, right = (torch.randn(side, side, device=device, dtype=dtype) for _ in range(2))

    def multiply() -> None:
        for _ in range(REPEATS):
            left @ right

    seconds = [taken(multiply, device) for _ in range(ROUNDS + 1)]
    return 2 * side**3 * REPEATS / min(seconds[1:])
