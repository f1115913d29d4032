"""The device, and its precision and memory format."""

import contextlib
from collections.abc import Iterator

import torch
from torch import Tensor


def choose_device() -> torch.device:
    """Return the current CUDA device, if there is one, else the CPU."""
    return torch.device("cuda" if torch.cuda.is_available() else "cpu")


def describe_device(device: torch.device) -> str:
    """Return a readable name: the GPU's product name, or the number of CPU threads."""
    if device.type == "cuda":
        return torch.cuda.get_device_name(device)
    return f"CPU, {torch.get_num_threads()} threads"


def describe_arithmetic(device: torch.device) -> dict[str, str]:
    """Return what the last bits of a result depend on besides the libraries' versions.

    oneDNN and torch choose their code by the processor's instructions, and sums are split over the
    threads.
    """
    return {
        "device": describe_device(device),
        "instructions": torch.backends.cpu.get_cpu_capability(),
    }


# Tensor cores require channels last; on CPUs it makes depthwise convolutions twice as fast.
MEMORY_FORMAT = torch.channels_last


def mixed_precision(device: torch.device, precision: str = "auto") -> torch.autocast:
    """Return autocast to bfloat16 on CUDA and, if `precision` is "bfloat16", elsewhere.

    Only some CPUs are faster with bfloat16.
    """
    enabled = precision == "bfloat16" or (precision == "auto" and device.type == "cuda")
    return torch.autocast(device.type, dtype=torch.bfloat16, enabled=enabled)


def to_device(tensor: Tensor, device: torch.device) -> Tensor:
    """Copy a tensor from the CPU, asynchronously if the device can."""
    if device.type == "cuda":
        return tensor.pin_memory().to(device, non_blocking=True)
    return tensor.to(device)


def fits(device: torch.device, nbytes: int) -> bool:
    """Return whether `nbytes` fit in half of the GPU's free memory; training needs the rest."""
    return device.type == "cuda" and nbytes <= torch.cuda.mem_get_info(device)[0] // 2


@contextlib.contextmanager
def deterministic(device: torch.device) -> Iterator[None]:
    """On the CPU, allow only deterministic algorithms in the block."""
    before = torch.are_deterministic_algorithms_enabled()
    torch.use_deterministic_algorithms(device.type == "cpu")
    try:
        yield
    finally:
        torch.use_deterministic_algorithms(before)


@contextlib.contextmanager
def own_randomness(device: torch.device) -> Iterator[None]:
    """Restore torch's global random state after the block."""
    with torch.random.fork_rng(devices=[device] if device.type == "cuda" else []):
        yield
