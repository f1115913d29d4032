"""Chooses the device once, and the precision and memory layout that go with it."""

import contextlib
from collections.abc import Iterator

import torch


def choose_device() -> torch.device:
    """The first CUDA device where there is one, else the CPU."""
    return torch.device("cuda" if torch.cuda.is_available() else "cpu")


def describe_device(device: torch.device) -> str:
    """A name for people: the GPU's product name, or the number of CPU threads."""
    if device.type == "cuda":
        return torch.cuda.get_device_name(device)
    return f"CPU, {torch.get_num_threads()} threads"


# Channels last: required by tensor cores, and on CPUs twice as fast for depthwise convolutions.
MEMORY_FORMAT = torch.channels_last


def mixed_precision(device: torch.device) -> torch.autocast:
    """bfloat16 on CUDA; float32 elsewhere, where bfloat16 is slower."""
    return torch.autocast(device.type, dtype=torch.bfloat16, enabled=device.type == "cuda")


@contextlib.contextmanager
def deterministic(device: torch.device) -> Iterator[None]:
    """On the CPU, only algorithms that give the same bits every time; restored afterwards."""
    before = torch.are_deterministic_algorithms_enabled()
    torch.use_deterministic_algorithms(device.type == "cpu")
    try:
        yield
    finally:
        torch.use_deterministic_algorithms(before)
