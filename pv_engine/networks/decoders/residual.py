"""A decoder that starts from the best linear decoder and learns the residual.

The paper's decoder starts from random weights, which takes hundreds of epochs. The linear start is
fitted in closed form, so that a short training already shows colours and layout.
"""

import torch
from torch import Tensor, nn
from torch.nn import functional

from pv_engine.networks.decoders.paper import Decoder

# Keeps pictures away from 0 and 1, where the logit is infinite.
MARGIN = 0.02


class ResidualDecoder(nn.Module):
    """sigmoid(logit(linear decoder) + paper's decoder), (B, C, h, w) to (B, 3, H, W) in [0, 1].

    The linear decoder is frozen. The last layer of the paper's decoder is initialised to zero, so
    that training starts from the linear decoder.
    """

    def __init__(self, start: nn.Module, decoder: Decoder) -> None:
        super().__init__()
        self.start = start.requires_grad_(False)
        self.decoder = decoder
        nn.init.zeros_(decoder.to_picture.weight)
        if decoder.to_picture.bias is not None:
            nn.init.zeros_(decoder.to_picture.bias)

    def forward(self, features: Tensor) -> Tensor:
        start = _smoothed(self.start(features)).clamp(MARGIN, 1 - MARGIN)
        return torch.sigmoid(torch.logit(start) + self.decoder.logits(features))


def _smoothed(pictures: Tensor) -> Tensor:
    """Apply a 5 x 5 mean: the linear decoder draws each cell separately, which leaves tiles."""
    padded = functional.pad(pictures, (2, 2, 2, 2), mode="replicate")
    return functional.avg_pool2d(padded, 5, stride=1)
