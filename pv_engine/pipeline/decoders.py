"""The decoder profiles: for each name, the function that creates an untrained decoder."""

from collections.abc import Callable

from torch import nn

from pv_engine.networks.decoders.paper import build_decoder
from pv_engine.networks.decoders.residual import ResidualDecoder
from pv_engine.networks.decoders.resizing import build_resizing_decoder
from pv_engine.networks.decoders.upsampling import build_upsampling_decoder
from pv_engine.quality.baselines import LinearDecoder

Shape = tuple[int, int, int]


def _residual(shape: Shape, image_size: int, width: float, seed: int) -> nn.Module:
    decoder = build_decoder(shape, image_size, width, seed)
    return ResidualDecoder(LinearDecoder(shape[0], image_size // shape[1], image_size), decoder)


# Each takes the features' (C, h, w), the picture's side, a factor for the channels, and a seed.
DECODERS: dict[str, Callable[[Shape, int, float, int], nn.Module]] = {
    "paper": build_decoder,
    "residual": _residual,
    "upsampling": build_upsampling_decoder,
    "resizing": build_resizing_decoder,
}
