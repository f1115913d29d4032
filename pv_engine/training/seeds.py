"""Random generators derived from numbers: a seed, a purpose, a step."""

import torch


def mixed_seed(*numbers: int) -> int:
    """Return one seed from several numbers and their order."""
    mixed = 0
    for number in numbers:
        mixed = (mixed * 1_000_003 + number + 1) % (2**63)
    return mixed


def seeded(*numbers: int) -> torch.Generator:
    """Return a CPU generator that depends on the numbers and their order."""
    return torch.Generator().manual_seed(mixed_seed(*numbers))
