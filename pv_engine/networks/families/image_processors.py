"""What an image processor of transformers feeds its network, found by giving it pictures.

Its classes have settings of their own for the order of channels, for scales and offsets, for sizes
and for what is cropped, and some do what no setting says. So the processor itself is asked: solid
colours show order and scale of the channels, and a picture of slopes which part of it remains.
"""

from dataclasses import replace
from typing import Any

import numpy as np
import torch
from PIL import Image
from torch import Tensor

from pv_engine.data.transform import RESAMPLING, Transform
from pv_engine.errors import RecipeError, reason_of
from pv_engine.networks.families.family import UNKNOWN, Preset, triple
from pv_engine.networks.families.timm_models import evaluation_in

# What a processor means by its number is Pillow's.
INTERPOLATIONS = {int(each): name for name, each in RESAMPLING.items()}
# From this side on, ConvNeXt's pictures are not cropped, whatever `crop_pct` says.
UNCROPPED = 384
# Black, then each channel alone, then a colour by which a scale that is no straight line is found.
COLOURS = ((0, 0, 0), (255, 0, 0), (0, 255, 0), (0, 0, 255), (51, 102, 204))
SIDE = 256
# Width and height of the picture of slopes, no square.
SLOPES = (400, 500)
# Largest difference of two colours in [0, 1] that are the same but for 32 bits.
SAME = 1e-4
# The same of two slopes: 2 % of the picture's side, since no two libraries resize alike.
NEAR = 0.02


def prepared_by(named: str) -> Preset:
    """Return how the image processor of a name of the hub, or of a folder, prepares pictures.

    UNKNOWN where there is none.

    Raises
    ------
    RecipeError
        If there is one that is not transformers' own, or that makes something else of pictures.
    """
    processor = _loaded(named)
    if processor is None:
        return UNKNOWN
    fed = fed_by(processor)
    skips_zero = bool(processor.to_dict().get("do_reduce_labels"))
    return replace(fed, transform=transform_of(processor, fed), skips_zero=skips_zero)


def _loaded(named: str) -> Any:
    from pv_engine.runtime import torchvision_ops  # noqa: F401 - must precede torchvision

    try:
        from transformers import AutoImageProcessor
    except ImportError:
        return None  # `create` says how to install it
    try:
        return AutoImageProcessor.from_pretrained(named)
    except (ImportError, OSError, ValueError, KeyError, TypeError) as error:
        if not _has_settings(named):
            return None
        raise RecipeError(f"its image processor cannot be loaded ({reason_of(error)})") from error


def _has_settings(named: str) -> bool:
    from transformers.image_processing_base import ImageProcessingMixin

    try:
        ImageProcessingMixin.get_image_processor_dict(named)
    except (OSError, ValueError):
        return False
    return True


def fed_by(processor: Any) -> Preset:
    """Return the order and scale of the channels that a processor gives its network.

    Raises
    ------
    RecipeError
        If it gives no picture of three channels, or if its numbers are not those of one channel on
        a straight line, such as numbers of clusters of colours.
    """
    side = max([SIDE, *_sides_in(processor.to_dict())])
    solid = [Image.new("RGB", (side, side), colour) for colour in COLOURS]
    seen = torch.stack([_middle(_given(processor, picture)) for picture in solid])
    black = seen[0]
    # One row for each channel of the picture, one column for each of the network's.
    rises = seen[1:4] - black
    channels = rises.abs().argmax(dim=0)
    scale = rises[channels, torch.arange(3)]
    last = torch.tensor(COLOURS[-1]) / 255
    # In units of the picture's own range.
    off = (black + scale * last[channels] - seen[-1]).abs() / scale.abs()
    if sorted(channels.tolist()) != [0, 1, 2] or not bool((off < SAME).all()):
        raise RecipeError("its image processor mixes the channels, or does not scale them evenly")
    place = channels.argsort()
    mean, std = (-black / scale)[place].tolist(), (1 / scale)[place].tolist()
    first, second, third = (int(each) for each in channels)
    return Preset(
        _as_written(mean, [0.0, *_numbers_of(processor, "mean")]),
        _as_written(std, [1.0, 1 / 255, *_numbers_of(processor, "std")]),
        channels=(first, second, third),
    )


def _given(processor: Any, picture: Image.Image) -> Tensor:
    """What the network is given of a picture, (3, h, w); RecipeError for anything else."""
    try:
        found = torch.as_tensor(processor(picture, return_tensors="pt")["pixel_values"]).float()
    except Exception as error:  # whatever a processor raises is why it cannot be used
        raise RecipeError(f"its image processor reads no picture ({reason_of(error)})") from error
    if found.dim() != 4 or found.shape[:2] != (1, 3):
        raise RecipeError(f"its image processor makes {list(found.shape)} of a picture, no picture")
    return found[0]


def _middle(given: Tensor) -> Tensor:
    return given[:, given.shape[1] // 2, given.shape[2] // 2].double()


def _sides_in(settings: dict[str, Any]) -> list[int]:
    """The sides that the settings name: a solid picture of the largest is not padded."""
    named = [settings.get(key) for key in ("size", "crop_size", "pad_size")]
    sides = [each.values() if isinstance(each, dict) else [each] for each in named]
    return [side for values in sides for side in values if isinstance(side, int)]


def _numbers_of(processor: Any, key: str) -> list[float]:
    """What the settings say of `mean` or `std`; a network of timm has settings of its own."""
    settings = processor.to_dict()
    value = settings.get(f"image_{key}", settings.get("data_config", {}).get(key))
    return [float(each) for each in value] if isinstance(value, list | tuple) else []


def _as_written(values: list[float], written: list[float]) -> tuple[float, float, float]:
    """Return numbers as the settings have them, where 32 bits alone make the difference."""
    return triple([_nearest(value, written) for value in values])


def _nearest(value: float, written: list[float]) -> float:
    found = min(written, key=lambda each: abs(each - value))
    return found if abs(found - value) < SAME * max(1 / 255, abs(found)) else value


def transform_of(processor: Any, fed: Preset) -> Transform | None:
    """Return resize and crop; None for what Foresee has no transform for, such as padding."""
    settings = processor.to_dict()
    by_timm = settings.get("data_config")  # of a network of timm that transformers wraps
    found = evaluation_in(by_timm) if by_timm else transform_in(settings)
    if found is None:
        return None
    photograph = _slopes()
    given = _given(processor, photograph)
    shown = torch.from_numpy(np.asarray(found.network_picture(photograph)) / 255).permute(2, 0, 1)
    mean, std = (torch.tensor(each)[:, None, None] for each in (fed.mean, fed.std))
    expected = ((shown - mean) / std)[list(fed.channels)]
    if expected.shape != given.shape:
        return None
    scale = std[list(fed.channels)]
    return found if bool((((expected - given) * scale).abs() < NEAR).all()) else None


def _slopes() -> Image.Image:
    """Red rises from left to right and green from top to bottom."""
    width, height = SLOPES
    across, down = np.meshgrid(np.linspace(0, 255, width), np.linspace(0, 255, height))
    return Image.fromarray(np.stack([across, down, across * 0 + 128], axis=-1).astype(np.uint8))


def transform_in(settings: dict[str, Any]) -> Transform | None:
    """Return the resize and crop that settings describe; None for sides that differ and others."""
    interpolation = INTERPOLATIONS.get(settings.get("resample", 2))
    size = settings.get("size") or {}
    size = {"height": size, "width": size} if isinstance(size, int) else size
    crop = settings.get("crop_size") or {}
    crop = {"height": crop, "width": crop} if isinstance(crop, int) else crop
    shortest, height = size.get("shortest_edge"), size.get("height")
    if interpolation is None or not settings.get("do_resize"):
        return None
    if shortest and settings.get("crop_pct"):  # ConvNeXt: `size` is that of the crop
        if shortest >= UNCROPPED:
            return Transform(shortest, shortest, interpolation, "squash")
        return Transform(int(shortest / settings["crop_pct"]), shortest, interpolation)
    if shortest and str(settings.get("image_processor_type", "")).startswith("Levit"):
        shortest = int(256 / 224 * shortest)
    cropped = crop.get("height") if settings.get("do_center_crop") else None
    if shortest and cropped and cropped == crop.get("width") and cropped <= shortest:
        return Transform(shortest, cropped, interpolation)
    if height and height == size.get("width") and (cropped or height) <= height:
        return Transform(height, cropped or height, interpolation, "squash")
    return None
