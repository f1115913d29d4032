"""Cups: a mug, a tea cup on its saucer, a paper cup to take away and a tall striped mug."""

from pv_engine.data.scenes.colours import (
    BLUSH,
    BRICK,
    BROWN,
    CORAL,
    CREAM,
    MUSTARD,
    NAVY,
    SAGE,
    SKY,
    TEAL,
    WHITE,
    Colour,
    lit,
    shaded,
)  # fmt: skip
from pv_engine.data.scenes.geometry import arc, box, ellipse, polygon, ribbon, smooth
from pv_engine.data.scenes.pen import Pen
from pv_engine.data.scenes.variant import Look, Variant

HUES = (CORAL, TEAL, WHITE, SKY, MUSTARD, BLUSH, SAGE, NAVY, BRICK)
_COFFEE: Colour = (104, 64, 44)


def _steam(pen: Pen, y: float) -> None:
    for x in (-0.13, 0.06):
        wisp = ribbon(
            ((x, y), (x + 0.05, y - 0.07), (x - 0.02, y - 0.14), (x + 0.04, y - 0.22)), 0.035, 0.02
        )
        pen.veil(wisp, WHITE, 0.55)


def _brim(pen: Pen, y: float, rx: float, ry: float, colour: Colour) -> None:
    """The open top: rim, inside and what is in it."""
    pen.flat(ellipse(0, y, rx, ry), lit(colour, 0.5))
    pen.flat(ellipse(0, y + 0.004, rx * 0.9, ry * 0.78), shaded(colour, 0.35))
    pen.fill(ellipse(0, y + ry * 0.3, rx * 0.78, ry * 0.5), _COFFEE, lit(_COFFEE, 0.25))


def _ear(pen: Pen, x: float, y: float, rx: float, ry: float, colour: Colour) -> None:
    pen.line(arc(x, y, rx, ry, -80, 80), 0.085, shaded(colour, 0.22))


def _mug(pen: Pen, look: Look) -> None:
    main, second, _ = look.colours
    _ear(pen, 0.36, -0.42, 0.22, 0.21, main)
    body = smooth(((-0.42, -0.76), (0.42, -0.76), (0.42, -0.4), (0.38, -0.08), (0.26, 0),
                   (-0.26, 0), (-0.38, -0.08),
                   (-0.42, -0.4)), steps=5)  # fmt: skip
    pen.solid(body, main, 0.28)
    pen.fill(
        polygon(((-0.42, -0.5), (0.42, -0.5), (0.41, -0.32), (-0.41, -0.32))),
        lit(second, 0.3),
        shaded(second, 0.3),
        0.7,
    )
    pen.glow(-0.24, -0.4, 0.14, 0.42, WHITE, 0.4, within=body)
    _brim(pen, -0.76, 0.42, 0.1, main)
    _steam(pen, -0.8)


def _tea_cup(pen: Pen, look: Look) -> None:
    main, second, _ = look.colours
    pen.solid(ellipse(0, -0.08, 0.86, 0.085), lit(main, 0.3), 0.22)
    pen.flat(ellipse(0, -0.1, 0.42, 0.035), shaded(main, 0.3))
    pen.line(arc(0.56, -0.46, 0.2, 0.17, -100, 90), 0.075, shaded(main, 0.22))
    bowl = smooth(((-0.6, -0.74), (0.6, -0.74), (0.54, -0.42), (0.3, -0.16), (0.2, -0.08),
                   (-0.2, -0.08),
                   (-0.3, -0.16), (-0.54, -0.42)), steps=5)  # fmt: skip
    pen.solid(bowl, main, 0.26)
    for x, y in ((-0.3, -0.48), (0, -0.4), (0.3, -0.48)):
        pen.dot(x, y, 0.065, second)
        pen.dot(x, y, 0.025, lit(CREAM, 0.3))
    pen.glow(-0.34, -0.5, 0.16, 0.34, WHITE, 0.4, within=bowl)
    _brim(pen, -0.74, 0.6, 0.105, main)
    _steam(pen, -0.78)


def _to_take_away(pen: Pen, look: Look) -> None:
    main, second, _ = look.colours
    body = polygon(((-0.3, -0.84), (0.3, -0.84), (0.22, 0), (-0.22, 0)))
    pen.solid(body, lit(WHITE, 0.1), 0.22)
    pen.solid(polygon(((-0.285, -0.64), (0.285, -0.64), (0.24, -0.22), (-0.24, -0.22))), main, 0.24)
    pen.flat(ellipse(0, -0.43, 0.11, 0.12), lit(second, 0.6))
    pen.flat(ellipse(0, -0.43, 0.05, 0.085, 30), _COFFEE)
    pen.solid(box(-0.34, -0.9, 0.34, -0.81, 0.03), lit(BROWN, 0.1), 0.25)
    pen.solid(polygon(((-0.27, -0.99), (0.27, -0.99), (0.31, -0.89), (-0.31, -0.89))), BROWN, 0.25)


def _striped(pen: Pen, look: Look) -> None:
    main, second, _ = look.colours
    _ear(pen, 0.28, -0.46, 0.2, 0.24, main)
    pen.solid(box(-0.32, -0.9, 0.32, 0, 0.06), main, 0.24)
    for top in (-0.74, -0.5, -0.26):
        pen.fill(box(-0.32, top, 0.32, top + 0.11), lit(second, 0.3), shaded(second, 0.3), 0.75)
    pen.glow(-0.18, -0.44, 0.1, 0.46, WHITE, 0.4)
    _brim(pen, -0.9, 0.32, 0.085, main)


VARIANTS = (
    Variant("mug", _mug, ("table",), 0.8, (0.28, 0.54), 4),
    Variant("tea cup", _tea_cup, ("table",), 1.6, (0.26, 0.44), 3),
    Variant("to take away", _to_take_away, ("table",), 0.5, (0.34, 0.6), 4),
    Variant("striped", _striped, ("table",), 0.7, (0.32, 0.56), 4),
)
