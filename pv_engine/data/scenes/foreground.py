"""What stands before the labelled things and hides part of them: grass, posts, books."""

from collections.abc import Callable

import numpy as np

from pv_engine.data.scenes.colours import (
    ACCENTS,
    BROWN,
    CREAM,
    GREY,
    SAGE,
    WHITE,
    Colour,
    lit,
    mix,
    shaded,
)  # fmt: skip
from pv_engine.data.scenes.geometry import blob, box, ellipse, polygon, ribbon, scallops
from pv_engine.data.scenes.pen import Pen
from pv_engine.data.scenes.scene import Occluder

_GRASS: Colour = (88, 140, 74)


def draw_occluder(pen: Pen, occluder: Occluder) -> None:
    """Draw it one unit high, its foot at (0, 0) of the pen."""
    _DRAW[occluder.kind](pen, np.random.default_rng(occluder.seed))


def _grass(pen: Pen, rng: np.random.Generator) -> None:
    for _ in range(15):
        x, lean, height = rng.uniform(-0.9, 0.9), rng.uniform(-0.28, 0.28), rng.uniform(0.5, 1.0)
        blade = polygon(((x - 0.05, 0.2), (x + lean * 0.35 - 0.025, -height * 0.6),
                         (x + lean, -height),
                         (x + lean * 0.35 + 0.035, -height * 0.6), (x + 0.06, 0.2)))  # fmt: skip
        pen.flat(blade, mix(lit(_GRASS, 0.3), shaded(_GRASS, 0.35), rng.uniform(0, 1)))


def _bush(pen: Pen, rng: np.random.Generator) -> None:
    tone = mix(_GRASS, SAGE, rng.uniform(0, 0.8))
    for x, y, r, shade in (
        (-0.62, -0.2, 0.44, 0.25),
        (0.64, -0.22, 0.46, 0.3),
        (0.02, -0.44, 0.56, 0.14),
    ):
        leaves = scallops(x, y, r, r * 0.9, 9, 0.06)
        pen.solid(leaves, shaded(tone, shade), 0.22)
        pen.glow(x - 0.3 * r, y - 0.4 * r, 0.6 * r, 0.5 * r, lit(tone, 0.5), 0.4, within=leaves)


def _fence(pen: Pen, rng: np.random.Generator) -> None:
    wood = lit((182, 140, 104), rng.uniform(0, 0.6))
    for y in (-0.72, -0.34):
        pen.solid(box(-3.0, y, 3.0, y + 0.11), shaded(wood, 0.16), 0.12)
    for number in range(-3, 4):
        x = number * 0.8
        picket = polygon(
            ((x - 0.1, 0.1), (x - 0.1, -0.9), (x, -1.0), (x + 0.1, -0.9), (x + 0.1, 0.1))
        )
        pen.solid(picket, wood, 0.18)


def _post(pen: Pen, rng: np.random.Generator) -> None:
    wood = mix(BROWN, GREY, rng.uniform(0, 0.6))
    pen.solid(box(-0.09, -1.0, 0.09, 0.2, 0.04), wood, 0.3)
    for y in (-0.7, -0.4, -0.15):
        pen.line(((-0.03, y), (-0.02, y + 0.14)), 0.02, shaded(wood, 0.3))


def _stone(pen: Pen, rng: np.random.Generator) -> None:
    stone = mix(GREY, CREAM, rng.uniform(0, 0.5))
    outline = blob(0, -0.36, 0.95, 0.52, rng, 0.13)
    pen.solid(outline, stone, 0.3)
    pen.glow(-0.3, -0.6, 0.45, 0.24, WHITE, 0.35, within=outline)


def _weed(pen: Pen, rng: np.random.Generator) -> None:
    tone = ((52, 130, 108), (96, 142, 66), (170, 84, 104))[rng.integers(3)]
    for _ in range(6):
        x, sway, height = rng.uniform(-0.5, 0.5), rng.uniform(0.06, 0.16), rng.uniform(0.55, 1.0)
        spine = (
            (x, 0.1),
            (x + sway, -0.3 * height),
            (x - sway, -0.65 * height),
            (x + sway * 0.5, -height),
        )
        pen.solid(ribbon(spine, 0.14, 0.03), shaded(tone, rng.uniform(0, 0.3)), 0.2)


def _books(pen: Pen, rng: np.random.Generator) -> None:
    bottom = 0.0
    for _ in range(3):
        height, half, shift = (
            rng.uniform(0.24, 0.34),
            rng.uniform(0.68, 0.9),
            rng.uniform(-0.1, 0.1),
        )
        cover = ACCENTS[rng.integers(len(ACCENTS))]
        pen.solid(box(shift - half, bottom - height, shift + half, bottom, 0.05), cover, 0.25)
        pages = box(
            shift - half * 0.9, bottom - height * 0.8, shift + half + 0.005, bottom - height * 0.2
        )
        pen.fill(pages, lit(CREAM, 0.3), shaded(CREAM, 0.2))
        bottom -= height


def _fruit(pen: Pen, rng: np.random.Generator) -> None:
    pen.solid(ellipse(0, -0.08, 1.2, 0.14), lit(WHITE, 0.2), 0.2)
    for x, tone in ((-0.46, (226, 84, 70)), (0.44, (236, 176, 62)), (0.0, (150, 178, 74))):
        apple = ellipse(x, -0.44, 0.42, 0.4)
        pen.solid(apple, tone, 0.26)
        pen.glow(x - 0.14, -0.58, 0.18, 0.16, WHITE, 0.5, within=apple)
        pen.line(((x, -0.8), (x + 0.06, -0.96)), 0.06, BROWN)


_DRAW: dict[str, Callable[[Pen, np.random.Generator], None]] = {
    "grass": _grass, "bush": _bush, "fence": _fence, "post": _post, "stone": _stone, "weed": _weed,
    "books": _books, "fruit": _fruit,
}  # fmt: skip

# How high each is, as shares of the picture's side.
HEIGHTS: dict[str, tuple[float, float]] = {
    "grass": (0.1, 0.2), "bush": (0.12, 0.2), "fence": (0.14, 0.22), "post": (0.28, 0.44),
    "stone": (0.08, 0.16), "weed": (0.25, 0.5), "books": (0.1, 0.2), "fruit": (0.08, 0.13),
}  # fmt: skip
