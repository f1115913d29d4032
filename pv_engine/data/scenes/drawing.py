"""Drawing a scene: the setting, the things from back to front, what hides them, the light."""

from functools import lru_cache

import numpy as np
from PIL import Image, ImageChops, ImageFilter

from pv_engine.data.scenes.backdrop import Easel
from pv_engine.data.scenes.catalogue import KINDS
from pv_engine.data.scenes.foreground import draw_occluder
from pv_engine.data.scenes.geometry import ellipse
from pv_engine.data.scenes.pen import Pen, Pose
from pv_engine.data.scenes.scene import Finish, Scene, Thing
from pv_engine.data.scenes.settings import SETTINGS
from pv_engine.errors import DataError

SMALLEST, LARGEST = 16, 1024
_OVERSAMPLING = 2
_GRAIN_SIDE = 256

# What each light does to every colour: factors for red, green and blue.
_LIGHTS: dict[str, tuple[float, float, float]] = {
    "day": (1.0, 1.0, 1.0),
    "golden": (1.02, 0.95, 0.84),
    "dusk": (0.92, 0.84, 0.95),
    "overcast": (0.95, 0.97, 0.99),
    "night": (0.74, 0.78, 0.96),
}


def draw_scene(scene: Scene, size: int = 256) -> Image.Image:
    """The scene as an RGB picture of `size` x `size` pixels.

    Raises DataError where the size is not within SMALLEST..LARGEST.
    """
    if not SMALLEST <= size <= LARGEST:
        raise DataError(
            f"A scene cannot be drawn {size} pixels wide; "
            f"the size must be from {SMALLEST} to {LARGEST}."
        )
    side = size * _OVERSAMPLING
    canvas = Image.new("RGB", (side, side))
    SETTINGS[scene.backdrop.kind].paint(Easel(canvas, scene.backdrop))
    for thing in scene.things:
        _draw_thing(canvas, thing)
    for occluder in scene.occluders:
        draw_occluder(Pen(canvas, Pose(occluder.x, occluder.y, occluder.size)), occluder)
    return _finished(canvas.reduce(_OVERSAMPLING), scene.finish, scene.backdrop.tone)


def _draw_thing(canvas: Image.Image, thing: Thing) -> None:
    variant = KINDS[thing.label].variant(thing.variant)
    width = variant.width
    foot = Pen(canvas, Pose(thing.x, thing.y, thing.size))
    if thing.stands in ("ground", "table"):
        foot.shadow(0.14 * width + 0.05, 0.0, 0.75 * width + 0.08, 0.05 + 0.05 * width, 0.5)
        foot.shadow(0.0, 0.0, 0.55 * width, 0.035 + 0.02 * width, 0.6)
    elif thing.stands == "wall":
        foot.shadow(0.05, -0.45, 0.7 * width, 0.62, 0.35)
    variant.draw(Pen(canvas, thing.pose), thing.look)
    if thing.stands == "water":
        _ripples(foot, width)


def _ripples(pen: Pen, width: float) -> None:
    """Where a thing meets the water: its dark reflection and bright lines across."""
    pen.shadow(0, 0.06, 0.6 * width, 0.1, 0.45)
    for y, reach, shift, strength in (
        (0.005, 0.5, 0.0, 0.75),
        (0.05, 0.36, 0.1, 0.5),
        (0.09, 0.24, -0.06, 0.4),
    ):
        lens = ellipse(shift * width, y, reach * width, 0.014)
        pen.veil(lens, (222, 242, 244), strength)


def _finished(picture: Image.Image, finish: Finish, tone: str) -> Image.Image:
    """Tinted by the light, darker towards the corners, slightly grainy, sometimes blurred."""
    if finish.blur:
        picture = picture.filter(ImageFilter.GaussianBlur(finish.blur * picture.width))
    if tone != "day":
        picture = picture.point(_light_table(tone))
    picture = ImageChops.multiply(picture, _vignette(picture.width))
    grain = _grain(finish.seed % 8, finish.grain, picture.width)
    return ImageChops.add(picture, grain, 1.0, -128)


@lru_cache(maxsize=8)
def _light_table(tone: str) -> list[int]:
    return [min(255, round(level * factor)) for factor in _LIGHTS[tone] for level in range(256)]


@lru_cache(maxsize=8)
def _vignette(side: int) -> Image.Image:
    ramp = (np.arange(side) + 0.5) / side * 2 - 1
    distance = ramp[:, None] ** 2 + ramp[None, :] ** 2
    levels = (255 * (1 - 0.09 * distance)).astype(np.uint8)
    return Image.fromarray(np.repeat(levels[:, :, None], 3, axis=2))


@lru_cache(maxsize=64)
def _grain(number: int, strength: int, side: int) -> Image.Image:
    """Noise around 128, tiled from a fixed square."""
    rng = np.random.default_rng(number)
    noise = rng.normal(128, strength, (_GRAIN_SIDE, _GRAIN_SIDE))
    tiles = -(-side // _GRAIN_SIDE)
    tiled = np.tile(np.clip(noise.round(), 0, 255).astype(np.uint8), (tiles, tiles))[:side, :side]
    return Image.fromarray(np.repeat(tiled[:, :, None], 3, axis=2))
