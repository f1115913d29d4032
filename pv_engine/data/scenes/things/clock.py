"""Clocks: two on the wall, an alarm clock, on the mantelpiece, on a post, and a tall one."""

import numpy as np

from pv_engine.data.scenes.colours import (
    BRICK,
    BROWN,
    CORAL,
    CREAM,
    MUSTARD,
    NAVY,
    SAGE,
    TEAL,
    WHITE,
    Colour,
    lit,
    shaded,
)  # fmt: skip
from pv_engine.data.scenes.geometry import box, ellipse, polygon, smooth
from pv_engine.data.scenes.pen import Pen
from pv_engine.data.scenes.variant import Look, Variant

HUES = (BRICK, TEAL, BROWN, NAVY, MUSTARD, CORAL, SAGE, (176, 120, 74))
_HAND: Colour = (48, 44, 62)


def _dial(pen: Pen, look: Look, y: float, r: float, rim: Colour) -> None:
    """A round face of radius r with twelve marks and two hands at the look's own time."""
    pen.solid(ellipse(0, y, r, r), rim, 0.3)
    face = ellipse(0, y, 0.84 * r, 0.84 * r)
    pen.fill(face, lit(WHITE, 0.3), shaded(CREAM, 0.12))
    for hour in range(12):
        turn = np.radians(hour * 30)
        dx, dy = float(np.sin(turn)), -float(np.cos(turn))
        inner = 0.6 if hour % 3 == 0 else 0.68
        pen.line(
            ((dx * inner * r, y + dy * inner * r), (dx * 0.75 * r, y + dy * 0.75 * r)),
            0.055 * r,
            _HAND,
        )
    hours, minutes = look.rng().integers(0, 12), look.rng().integers(0, 12)
    for degrees, length, width in (
        ((hours + minutes / 12) * 30, 0.42, 0.1),
        (minutes * 30, 0.64, 0.07),
    ):
        turn = np.radians(degrees)
        tip = (float(np.sin(turn)) * length * r, y - float(np.cos(turn)) * length * r)
        pen.line(((0.0, y), tip), width * r, _HAND)
    pen.dot(0, y, 0.09 * r, look.colours[1])


def _wall(pen: Pen, look: Look) -> None:
    _dial(pen, look, -0.5, 0.5, look.colours[0])


def _alarm(pen: Pen, look: Look) -> None:
    main = look.colours[0]
    for side in (-1, 1):
        pen.line(((side * 0.22, -0.14), (side * 0.34, 0)), 0.07, shaded(main, 0.45))
        pen.solid(ellipse(side * 0.25, -0.86, 0.19, 0.12, side * 38), lit(main, 0.1), 0.3)
    pen.line(((0, -0.8), (0, -0.96)), 0.04, shaded(main, 0.45))
    pen.line(((-0.07, -0.97), (0.07, -0.97)), 0.05, shaded(main, 0.45))
    _dial(pen, look, -0.44, 0.4, main)


def _mantel(pen: Pen, look: Look) -> None:
    main = look.colours[0]
    case = smooth(((0, -1.0), (0.3, -0.9), (0.42, -0.56), (0.6, -0.26), (0.64, -0.12),
                   (-0.64, -0.12),
                   (-0.6, -0.26), (-0.42, -0.56), (-0.3, -0.9)), steps=5)  # fmt: skip
    pen.solid(case, main, 0.26)
    pen.solid(box(-0.72, -0.14, 0.72, 0, 0.03), shaded(main, 0.25), 0.2)
    _dial(pen, look, -0.54, 0.33, lit(MUSTARD, 0.15))


def _tall(pen: Pen, look: Look) -> None:
    main = look.colours[0]
    pen.solid(polygon(((-0.2, -0.9), (0, -1.0), (0.2, -0.9))), shaded(main, 0.15), 0.2)
    pen.solid(box(-0.19, -0.9, 0.19, -0.52, 0.02), main, 0.2)
    pen.solid(box(-0.15, -0.53, 0.15, -0.12), shaded(main, 0.08), 0.2)
    pen.solid(box(-0.21, -0.14, 0.21, 0, 0.02), main, 0.24)
    pen.flat(box(-0.1, -0.49, 0.1, -0.16, 0.03), shaded(main, 0.6))
    pen.line(((0, -0.49), (0.03, -0.26)), 0.018, MUSTARD)
    pen.dot(0.03, -0.25, 0.05, lit(MUSTARD, 0.2))
    _dial(pen, look, -0.71, 0.165, lit(MUSTARD, 0.15))


def _sunburst(pen: Pen, look: Look) -> None:
    main = look.colours[0]
    for number in range(12):
        ray = pen.turned(0, -0.5, number * 30)
        tone = shaded(main, 0.14) if number % 2 else lit(main, 0.14)
        reach = -0.5 if number % 3 == 0 else -0.46
        blade = smooth(((0, reach), (0.07, -0.36), (0.05, -0.2), (-0.05, -0.2), (-0.07, -0.36)))
        ray.solid(blade, tone, 0.16)
    _dial(pen, look, -0.5, 0.27, shaded(main, 0.2))


def _station(pen: Pen, look: Look) -> None:
    metal = shaded(look.colours[0], 0.45)
    pen.solid(polygon(((-0.028, -0.7), (0.028, -0.7), (0.036, 0), (-0.036, 0))), metal, 0.24)
    pen.solid(box(-0.1, -0.05, 0.1, 0, 0.02), metal, 0.24)
    pen.solid(polygon(((-0.08, -0.56), (0.08, -0.56), (0.03, -0.46), (-0.03, -0.46))), metal, 0.2)
    _dial(pen, look, -0.77, 0.23, metal)


VARIANTS = (
    Variant("wall", _wall, ("wall",), 1.0, (0.26, 0.52), 4),
    Variant("alarm", _alarm, ("table",), 0.8, (0.32, 0.58), 4),
    Variant("mantel", _mantel, ("table",), 1.4, (0.3, 0.5), 2),
    Variant("sunburst", _sunburst, ("wall",), 0.8, (0.36, 0.6), 4),
    Variant("station", _station, ("ground",), 0.2, (0.54, 0.8), 2),
    Variant("tall", _tall, ("ground", "table"), 0.42, (0.6, 0.8), 2),
)
