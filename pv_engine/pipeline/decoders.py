"""Decoders on top of a linear one, and the decoder of a recipe's profile, untrained."""

from torch import nn

from pv_engine.networks.decoders.paper import build_decoder
from pv_engine.networks.decoders.residual import ResidualDecoder
from pv_engine.networks.decoders.resizing import build_resizing_decoder, start_side
from pv_engine.quality.baselines import LinearDecoder
from pv_engine.quality.overlapping import OverlappingDecoder
from pv_engine.recipe.registries.profiles import PROFILES
from pv_engine.registry import imported

Shape = tuple[int, int, int]


def residual(shape: Shape, image_size: int, width: float, seed: int) -> nn.Module:
    """Create the paper's decoder on top of a linear one; arguments as in `new_decoder`."""
    decoder = build_decoder(shape, image_size, width, seed)
    return ResidualDecoder(
        LinearDecoder(shape[0], max(1, image_size // shape[1]), image_size), decoder
    )


def resizing(shape: Shape, image_size: int, width: float, seed: int) -> nn.Module:
    """Create a decoder that enlarges bilinearly; arguments as in `new_decoder`."""
    patch = start_side(shape, image_size) // shape[1]
    start = OverlappingDecoder(shape[0], patch, image_size)
    return build_resizing_decoder(start, shape, image_size, width, seed)


def new_decoder(profile: str, shape: Shape, image_size: int, width: float, seed: int) -> nn.Module:
    """Create the untrained decoder of a profile.

    Parameters
    ----------
    profile : str
        A name of the registry, pv_engine/recipe/registries/profiles.py.
    shape : (C, h, w)
        Of the features.
    image_size : int
        Side of the pictures in pixels.
    width : float
        Factor for the profile's channels.

    Returns
    -------
    nn.Module
        Features (B, C, h, w) to pictures (B, 3, image_size, image_size) in [0, 1].
    """
    network: nn.Module = imported(PROFILES[profile].creates)(shape, image_size, width, seed)
    return network
