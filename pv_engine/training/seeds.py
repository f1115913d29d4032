"""Randomness that follows from numbers alone: a seed, what it is for, a step."""

import torch


def mixed_seed(*numbers: int) -> int:
    """One seed from several numbers, which depends on their order."""
    mixed = 0
    for number in numbers:
        mixed = (mixed * 1_000_003 + number + 1) % (2**63)
    return mixed


def seeded(*numbers: int) -> torch.Generator:
    """A CPU generator that depends on the numbers and their order."""
    return torch.Generator().manual_seed(mixed_seed(*numbers))
