"""Lamps: on a table, on a long foot, two that hang, in the street and on a jointed arm."""

from pv_engine.data.scenes.colours import (
    BLUSH,
    BRICK,
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

HUES = (CREAM, MUSTARD, CORAL, TEAL, BLUSH, SAGE, BRICK, NAVY)
_LIGHT: Colour = (255, 232, 150)
_BULB: Colour = (255, 248, 214)
_METAL: Colour = (82, 80, 96)


def _table(pen: Pen, look: Look) -> None:
    main, second, _ = look.colours
    pen.glow(0, -0.6, 0.62, 0.5, _LIGHT, 0.45)
    pen.solid(smooth(((-0.07, -0.46), (0.07, -0.46), (0.19, -0.26), (0.14, -0.08), (0.2, 0),
                      (-0.2, 0), (-0.14, -0.08),
                      (-0.19, -0.26)), steps=5), second, 0.28)  # fmt: skip
    pen.flat(box(-0.035, -0.54, 0.035, -0.44), (196, 160, 90))
    shade = polygon(((-0.2, -1.0), (0.2, -1.0), (0.42, -0.52), (-0.42, -0.52)))
    pen.solid(shade, main, 0.2)
    pen.glow(0, -0.56, 0.36, 0.34, _LIGHT, 0.85, within=shade)
    pen.line(((-0.42, -0.53), (0.42, -0.53)), 0.028, shaded(main, 0.3))
    pen.line(((-0.2, -0.99), (0.2, -0.99)), 0.022, shaded(main, 0.3))


def _long_foot(pen: Pen, look: Look) -> None:
    main = look.colours[0]
    pen.glow(0, -0.8, 0.4, 0.34, _LIGHT, 0.45)
    pen.line(((0, -0.76), (0, -0.02)), 0.026, _METAL)
    pen.solid(ellipse(0, -0.025, 0.16, 0.03), _METAL, 0.25)
    shade = smooth(
        ((-0.12, -0.99), (0.12, -0.99), (0.2, -0.86), (0.24, -0.7), (-0.24, -0.7), (-0.2, -0.86)),
        steps=4,
    )
    pen.solid(shade, main, 0.2)
    pen.glow(0, -0.72, 0.2, 0.2, _LIGHT, 0.85, within=shade)
    pen.line(((0.13, -0.7), (0.13, -0.56)), 0.01, (196, 160, 90))


def _hanging(pen: Pen, look: Look) -> None:
    main = look.colours[0]
    pen.line(((0, -3.2), (0, -0.7)), 0.026, _METAL)
    pen.glow(0, -0.06, 0.74, 0.52, _LIGHT, 0.6)
    pen.dot(0, -0.14, 0.13, _BULB)
    pen.flat(box(-0.07, -0.78, 0.07, -0.6, 0.02), _METAL)
    shade = smooth(((-0.1, -0.68), (0.1, -0.68), (0.34, -0.54), (0.52, -0.3), (0.56, -0.16),
                    (-0.56, -0.16),
                    (-0.52, -0.3), (-0.34, -0.54)), steps=5)  # fmt: skip
    pen.solid(shade, main, 0.28)
    pen.flat(ellipse(0, -0.165, 0.56, 0.055), shaded(main, 0.4))
    pen.flat(ellipse(0, -0.16, 0.44, 0.035), _BULB)
    pen.glow(-0.24, -0.42, 0.16, 0.2, WHITE, 0.4, within=shade)


def _globe(pen: Pen, look: Look) -> None:
    """A paper globe on a cord."""
    paper = lit(look.colours[0], 0.35)
    pen.line(((0, -3.2), (0, -0.94)), 0.022, _METAL)
    pen.glow(0, -0.48, 0.86, 0.82, _LIGHT, 0.6)
    globe = ellipse(0, -0.47, 0.5, 0.46)
    pen.solid(globe, paper, 0.16)
    pen.glow(0, -0.4, 0.5, 0.46, _LIGHT, 0.9, within=globe)
    for y in (-0.8, -0.69, -0.58, -0.47, -0.36, -0.25, -0.14):
        half = 0.5 * (1 - ((y + 0.47) / 0.46) ** 2) ** 0.5
        sag = 0.05 * (y + 0.47)
        pen.line(((-half, y), (-half * 0.5, y + sag), (half * 0.5, y + sag), (half, y)), 0.012,
                 shaded(paper, 0.25))  # fmt: skip
    for y in (-0.95, -0.03):
        pen.solid(box(-0.13, y - 0.025, 0.13, y + 0.025, 0.02), _METAL, 0.2)


def _street(pen: Pen, look: Look) -> None:
    metal = shaded(look.colours[0], 0.62)
    pen.glow(0, -0.84, 0.36, 0.32, _LIGHT, 0.7)
    pen.solid(polygon(((-0.022, -0.72), (0.022, -0.72), (0.032, -0.1), (-0.032, -0.1))), metal, 0.2)
    pen.solid(polygon(((-0.05, -0.12), (0.05, -0.12), (0.09, 0), (-0.09, 0))), metal, 0.2)
    pen.line(((-0.1, -0.66), (0.1, -0.66)), 0.024, metal)
    pen.fill(
        polygon(((-0.12, -0.92), (0.12, -0.92), (0.075, -0.71), (-0.075, -0.71))), _BULB, _LIGHT
    )
    for x in (-0.04, 0.04):
        pen.line(((x * 1.2, -0.92), (x * 0.75, -0.71)), 0.012, metal)
    pen.solid(polygon(((-0.16, -0.91), (0.16, -0.91), (0.05, -0.98), (-0.05, -0.98))), metal, 0.2)
    pen.dot(0, -0.985, 0.022, metal)
    pen.line(((-0.085, -0.71), (0.085, -0.71)), 0.028, metal)


def _jointed(pen: Pen, look: Look) -> None:
    main = look.colours[0]
    pen.veil(polygon(((-0.4, -0.66), (-0.12, -0.54), (-0.2, 0), (-0.86, 0))), _LIGHT, 0.28)
    pen.solid(smooth(((-0.02, -0.08), (0.4, -0.08), (0.46, 0), (-0.08, 0)), steps=4), main, 0.25)
    pen.line(((0.2, -0.06), (0.4, -0.5)), 0.045, _METAL)
    pen.line(((0.4, -0.5), (-0.04, -0.88)), 0.045, _METAL)
    pen.dot(0.4, -0.5, 0.05, shaded(main, 0.3))
    pen.flat(ellipse(-0.28, -0.6, 0.1, 0.09), _BULB)
    head = smooth(
        ((-0.1, -1.0), (0.06, -0.92), (0.04, -0.74), (-0.08, -0.52), (-0.5, -0.7), (-0.34, -0.86)),
        steps=5,
    )
    pen.solid(head, main, 0.28)
    pen.line(((-0.5, -0.69), (-0.09, -0.52)), 0.04, lit(_BULB, 0.4))


VARIANTS = (
    Variant("table", _table, ("table",), 0.5, (0.38, 0.66), 3),
    Variant("long foot", _long_foot, ("ground",), 0.36, (0.6, 0.84), 2),
    Variant("hanging", _hanging, ("ceiling",), 0.9, (0.28, 0.48), 3),
    Variant("globe", _globe, ("ceiling",), 0.8, (0.28, 0.46), 3),
    Variant("street", _street, ("ground",), 0.24, (0.62, 0.88), 2),
    Variant("jointed", _jointed, ("table",), 0.7, (0.38, 0.62), 2),
)
