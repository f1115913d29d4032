"""Chooses the device once, and the precision and memory layout that go with it."""

import contextlib
from collections.abc import Iterator

import torch
from torch import Tensor


def choose_device() -> torch.device:
    """The current CUDA device, the first unless a process chose another, or the CPU."""
    return torch.device("cuda" if torch.cuda.is_available() else "cpu")


def describe_device(device: torch.device) -> str:
    """A name for people: the GPU's product name, or the number of CPU threads."""
    if device.type == "cuda":
        return torch.cuda.get_device_name(device)
    return f"CPU, {torch.get_num_threads()} threads"


# Channels last: required by tensor cores, and on CPUs twice as fast for depthwise convolutions.
MEMORY_FORMAT = torch.channels_last


def mixed_precision(device: torch.device, precision: str = "auto") -> torch.autocast:
    """bfloat16 on CUDA and, when asked for, elsewhere, where only some processors are faster
    with it; float32 otherwise."""
    enabled = precision == "bfloat16" or (precision == "auto" and device.type == "cuda")
    return torch.autocast(device.type, dtype=torch.bfloat16, enabled=enabled)


def to_device(tensor: Tensor, device: torch.device) -> Tensor:
    """A copy from the CPU that the program does not wait for, where the device can do that."""
    if device.type == "cuda":
        return tensor.pin_memory().to(device, non_blocking=True)
    return tensor.to(device)


def fits(device: torch.device, nbytes: int) -> bool:
    """Whether so much can stay in the device's own memory: at most half of what is free there,
    because training itself needs the rest. The CPU has none."""
    return device.type == "cuda" and nbytes <= torch.cuda.mem_get_info(device)[0] // 2


@contextlib.contextmanager
def deterministic(device: torch.device) -> Iterator[None]:
    """On the CPU, only algorithms that give the same bits every time; restored afterwards."""
    before = torch.are_deterministic_algorithms_enabled()
    torch.use_deterministic_algorithms(device.type == "cpu")
    try:
        yield
    finally:
        torch.use_deterministic_algorithms(before)


@contextlib.contextmanager
def own_randomness(device: torch.device) -> Iterator[None]:
    """Whatever is seeded or drawn within leaves the global random state as it was."""
    with torch.random.fork_rng(devices=[device] if device.type == "cuda" else []):
        yield
