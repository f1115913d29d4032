"""Flowers: a daisy, a tulip, a sunflower, and one in a pot."""

import numpy as np

from pv_engine.data.scenes.colours import (
    BLUSH,
    BRICK,
    CORAL,
    MUSTARD,
    PLUM,
    SKY,
    WHITE,
    Colour,
    lit,
    shaded,
)  # fmt: skip
from pv_engine.data.scenes.geometry import Points, ellipse, polygon, ribbon, smooth
from pv_engine.data.scenes.pen import Pen
from pv_engine.data.scenes.variant import Look, Variant

HUES = (WHITE, BLUSH, CORAL, MUSTARD, PLUM, BRICK, SKY, (232, 130, 178))
_LEAF: Colour = (92, 156, 82)


def _stem(pen: Pen, points: Points, width: float) -> None:
    pen.flat(ribbon(points, width, width * 0.8), shaded(_LEAF, 0.12))


def _leaf(pen: Pen, x: float, y: float, length: float, degrees: float) -> None:
    turn = np.radians(degrees)
    along = np.array([np.cos(turn), np.sin(turn)]) * length
    across = np.array([-along[1], along[0]]) * 0.28
    tip, middle = (x + along[0], y + along[1]), np.array([x, y]) + along * 0.5
    points = ((x, y), tuple((middle + across).tolist()), tip, tuple((middle - across).tolist()))
    pen.solid(smooth(points, steps=5), _LEAF, 0.24)
    pen.line(((x, y), (x + along[0] * 0.8, y + along[1] * 0.8)), 0.012, lit(_LEAF, 0.4))


def _petals(
    pen: Pen, x: float, y: float, r: float, count: int, colour: Colour, width: float
) -> None:
    """A ring of petals that reach to radius r, the far ones in shade."""
    for number in range(count):
        turn = 360 / count * number - 90
        dx, dy = np.cos(np.radians(turn)), np.sin(np.radians(turn))
        tone = shaded(colour, 0.16) if number % 2 else lit(colour, 0.18)
        petal = ellipse(x + 0.6 * r * dx, y + 0.6 * r * dy, 0.42 * r, width * r, turn)
        pen.fill(petal, lit(tone, 0.2), shaded(tone, 0.16))


def _daisy(pen: Pen, look: Look) -> None:
    main, _, _ = look.colours
    _stem(pen, ((0, 0), (0.03, -0.22), (-0.01, -0.45), (0, -0.68)), 0.05)
    _leaf(pen, 0.01, -0.12, 0.26, -35)
    _leaf(pen, 0.01, -0.2, 0.24, -148)
    _petals(pen, 0, -0.7, 0.3, 11, main, 0.16)
    core = (240, 150, 60) if main == MUSTARD else MUSTARD
    pen.solid(ellipse(0, -0.7, 0.1, 0.1), core, 0.35)


def _tulip(pen: Pen, look: Look) -> None:
    main = look.colours[0]
    _stem(pen, ((0, 0), (-0.02, -0.3), (0, -0.6)), 0.055)
    _leaf(pen, 0, -0.02, 0.5, -64)
    _leaf(pen, 0, -0.02, 0.44, -118)
    for side in (-1, 1):
        pen.solid(smooth(((side * 0.02, -0.56), (side * 0.2, -0.64), (side * 0.23, -0.84),
                          (side * 0.17, -0.99),
                          (side * 0.04, -0.84))), shaded(main, 0.14), 0.2)  # fmt: skip
    front = smooth(
        ((0, -0.98), (0.12, -0.82), (0.14, -0.66), (0, -0.54), (-0.14, -0.66), (-0.12, -0.82))
    )
    pen.solid(front, main, 0.3)
    pen.glow(-0.05, -0.78, 0.1, 0.16, WHITE, 0.35, within=front)


def _sunflower(pen: Pen, look: Look) -> None:
    main, _, _ = look.colours
    _stem(pen, ((0, 0), (0.02, -0.3), (0, -0.6)), 0.06)
    _leaf(pen, 0.01, -0.2, 0.32, -24)
    _leaf(pen, 0.01, -0.3, 0.3, -160)
    _petals(pen, 0, -0.66, 0.34, 16, shaded(main, 0.1), 0.12)
    _petals(pen, 0, -0.66, 0.29, 13, main, 0.13)
    core = ellipse(0, -0.66, 0.155, 0.155)
    pen.solid(core, (112, 72, 48), 0.3)
    for ring, count in ((0.1, 9), (0.05, 5)):
        for number in range(count):
            turn = 2 * np.pi * number / count
            pen.dot(ring * np.cos(turn), -0.66 + ring * np.sin(turn), 0.012, (176, 124, 70))


def _potted(pen: Pen, look: Look) -> None:
    main, second, _ = look.colours
    for points in (((0, -0.3), (-0.1, -0.46), (-0.17, -0.6)), ((0, -0.3), (0.08, -0.44),
                                                               (0.18, -0.54)),
                   ((0, -0.3), (0.02, -0.55), (0.02, -0.8))):  # fmt: skip
        _stem(pen, points, 0.035)
    _leaf(pen, 0, -0.3, 0.28, -20)
    _leaf(pen, 0, -0.3, 0.28, -162)
    for x, y, r in ((-0.19, -0.64, 0.17), (0.21, -0.58, 0.16), (0.02, -0.82, 0.18)):
        _petals(pen, x, y, r, 6, main, 0.32)
        pen.dot(x, y, r * 0.28, MUSTARD if main != MUSTARD else BRICK)
    pen.solid(polygon(((-0.24, -0.3), (0.24, -0.3), (0.17, 0), (-0.17, 0))), second, 0.25)
    pen.solid(polygon(((-0.28, -0.36), (0.28, -0.36), (0.27, -0.26), (-0.27, -0.26))), second, 0.2)


VARIANTS = (
    Variant("daisy", _daisy, ("ground",), 0.3, (0.38, 0.7), 8),
    Variant("tulip", _tulip, ("ground",), 0.3, (0.38, 0.66), 8),
    Variant("sunflower", _sunflower, ("ground",), 0.3, (0.46, 0.78), 6),
    Variant("potted", _potted, ("table", "ground"), 0.5, (0.36, 0.62), 3),
)
