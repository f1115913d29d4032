"""What a device can multiply, and what a network needs: both sides of its utilisation."""

import time

import torch
from torch import Tensor, nn
from torch.utils.flop_counter import FlopCounterMode

from pv_engine.networks.classifier import Classifier

SIDE = 8192
REPEATS = 20


def matrix_rate(device: torch.device) -> float:
    """Measured operations a second of a large bfloat16 matrix product."""
    left = torch.randn(SIDE, SIDE, device=device, dtype=torch.bfloat16)
    right = torch.randn(SIDE, SIDE, device=device, dtype=torch.bfloat16)
    for _ in range(3):
        left @ right
    torch.cuda.synchronize(device)
    start = time.perf_counter()
    for _ in range(REPEATS):
        left @ right
    torch.cuda.synchronize(device)
    return 2 * SIDE**3 * REPEATS / (time.perf_counter() - start)


def forward_flops(classifier: Classifier, decoder: nn.Module, picture: Tensor) -> tuple[int, int]:
    """Operations of one picture, (1, 3, H, W), through the encoder and through the decoder."""
    with torch.no_grad(), FlopCounterMode(display=False) as encoding:
        features = classifier.encode(picture)
    with torch.no_grad(), FlopCounterMode(display=False) as decoding:
        decoder(features)
    return encoding.get_total_flops(), decoding.get_total_flops()
