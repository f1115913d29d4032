"""The decoder profiles: for each name, the function that creates an untrained decoder."""

from collections.abc import Callable

from torch import nn

from pv_engine.networks.decoders.paper import build_decoder
from pv_engine.networks.decoders.residual import ResidualDecoder
from pv_engine.networks.decoders.resizing import build_resizing_decoder, start_side
from pv_engine.networks.decoders.upsampling import build_upsampling_decoder
from pv_engine.quality.baselines import LinearDecoder
from pv_engine.quality.overlapping import OverlappingDecoder

Shape = tuple[int, int, int]


def _residual(shape: Shape, image_size: int, width: float, seed: int) -> nn.Module:
    decoder = build_decoder(shape, image_size, width, seed)
    return ResidualDecoder(
        LinearDecoder(shape[0], max(1, image_size // shape[1]), image_size), decoder
    )


def _resizing(shape: Shape, image_size: int, width: float, seed: int) -> nn.Module:
    patch = start_side(shape, image_size) // shape[1]
    start = OverlappingDecoder(shape[0], patch, image_size)
    return build_resizing_decoder(start, shape, image_size, width, seed)


# Each takes the features' (C, h, w), the picture's side, a factor for the channels, and a seed.
DECODERS: dict[str, Callable[[Shape, int, float, int], nn.Module]] = {
    "paper": build_decoder,
    "residual": _residual,
    "upsampling": build_upsampling_decoder,
    "resizing": _resizing,
}
