"""Balloons: one on a string, a bunch, a heart, and the kind people ride in."""

from pv_engine.data.scenes.colours import (
    BLUSH,
    BRICK,
    BROWN,
    CORAL,
    CREAM,
    MUSTARD,
    NAVY,
    PLUM,
    SKY,
    TEAL,
    WHITE,
    Colour,
    lit,
    shaded,
)  # fmt: skip
from pv_engine.data.scenes.geometry import Outline, ellipse, polygon, ribbon, smooth
from pv_engine.data.scenes.pen import Pen
from pv_engine.data.scenes.variant import Look, Variant

HUES = (CORAL, BRICK, MUSTARD, SKY, TEAL, BLUSH, PLUM, NAVY)
_STRING: Colour = (226, 222, 214)


def _skin(pen: Pen, x: float, y: float, radius: float, colour: Colour) -> None:
    """A blown-up balloon around (x, y) with its knot below."""
    r = radius
    pen.flat(polygon(((x - 0.12 * r, y + 1.38 * r), (x + 0.12 * r, y + 1.38 * r),
                      (x, y + 1.1 * r))),
             shaded(colour, 0.3))  # fmt: skip
    body = smooth(
        ((x, y - r), (x + 0.72 * r, y - 0.72 * r), (x + 0.96 * r, y), (x + 0.66 * r, y + 0.72 * r),
         (x, y + 1.2 * r), (x - 0.66 * r, y + 0.72 * r), (x - 0.96 * r, y), (x - 0.72 * r,
                                                                             y - 0.72 * r))
    )  # fmt: skip
    pen.solid(body, colour, 0.26)
    pen.glow(x + 0.3 * r, y + 0.55 * r, r, 0.9 * r, shaded(colour, 0.6), 0.45, within=body)
    pen.glow(x - 0.35 * r, y - 0.38 * r, 0.62 * r, 0.6 * r, WHITE, 0.6, within=body)
    pen.flat(ellipse(x - 0.42 * r, y - 0.5 * r, 0.1 * r, 0.22 * r, 35), lit(colour, 0.85))


def _single(pen: Pen, look: Look) -> None:
    pen.flat(ribbon(((0, -0.3), (0.04, -0.2), (-0.03, -0.1), (0.02, 0)), 0.016, 0.012), _STRING)
    _skin(pen, 0, -0.69, 0.31, look.colours[0])


def _bunch(pen: Pen, look: Look) -> None:
    places = ((-0.23, -0.62, 0.19), (0.24, -0.6, 0.18), (0.01, -0.79, 0.2))
    for x, y, radius in places:
        pen.line(((x, y + 1.3 * radius), (x * 0.3, -0.2), (0, 0)), 0.012, _STRING)
    for (x, y, radius), colour in zip(places, look.colours[::-1], strict=True):
        _skin(pen, x, y, radius, colour)


def _rides(pen: Pen, look: Look) -> None:
    main, second, _ = look.colours
    pen.flat(polygon(((-0.15, -0.36), (-0.13, -0.37), (-0.07, -0.16), (-0.09, -0.16))), BROWN)
    pen.flat(polygon(((0.15, -0.36), (0.13, -0.37), (0.07, -0.16), (0.09, -0.16))), BROWN)
    basket = smooth(((-0.11, -0.17), (0.11, -0.17), (0.09, 0), (-0.09, 0)), steps=4)
    pen.solid(basket, (178, 122, 74), 0.3)
    pen.line(((-0.11, -0.16), (0.11, -0.16)), 0.03, (120, 78, 48))
    for half, colour in ((0.4, main), (0.27, second), (0.12, main)):
        pen.solid(_gore(half), colour, 0.2)
    pen.flat(
        polygon(((-0.16, -0.39), (0.16, -0.39), (0.13, -0.33), (-0.13, -0.33))), shaded(second, 0.4)
    )
    envelope = _gore(0.4)
    pen.glow(0.2, -0.55, 0.45, 0.45, shaded(main, 0.7), 0.45, within=envelope)
    pen.glow(-0.15, -0.78, 0.3, 0.3, CREAM, 0.5, within=envelope)


def _gore(half: float) -> Outline:
    return smooth(
        ((0, -1), (half * 0.75, -0.91), (half, -0.68), (half * 0.8, -0.48), (half * 0.38, -0.36),
         (-half * 0.38, -0.36), (-half * 0.8, -0.48), (-half, -0.68), (-half * 0.75, -0.91))
    )  # fmt: skip


def _heart(pen: Pen, look: Look) -> None:
    colour = look.colours[0]
    pen.flat(ribbon(((0, -0.36), (-0.04, -0.24), (0.04, -0.12), (0, 0)), 0.016, 0.012), _STRING)
    pen.flat(polygon(((-0.04, -0.33), (0.04, -0.33), (0, -0.42))), shaded(colour, 0.3))
    heart = smooth(
        ((0, -0.86), (0.12, -0.97), (0.3, -0.96), (0.39, -0.8), (0.28, -0.59), (0, -0.37),
         (-0.28, -0.59), (-0.39, -0.8), (-0.3, -0.96), (-0.12, -0.97))
    )  # fmt: skip
    pen.solid(heart, colour, 0.28)
    pen.glow(0.15, -0.55, 0.35, 0.3, shaded(colour, 0.6), 0.4, within=heart)
    pen.glow(-0.2, -0.83, 0.16, 0.14, WHITE, 0.7, within=heart)


VARIANTS = (
    Variant("single", _single, ("air",), 0.5, (0.34, 0.66), 9),
    Variant("bunch", _bunch, ("air",), 0.7, (0.42, 0.7), 8),
    Variant("rides", _rides, ("air",), 0.7, (0.32, 0.7), 6),
    Variant("heart", _heart, ("air",), 0.6, (0.34, 0.6), 9),
)
