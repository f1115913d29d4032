"""Houses: a cottage, a town house, one seen from its corner and a round hut."""

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
from pv_engine.data.scenes.geometry import arc, box, ellipse, polygon, smooth
from pv_engine.data.scenes.pen import Pen
from pv_engine.data.scenes.variant import Look, Variant

HUES = (CREAM, BLUSH, SKY, WHITE, SAGE, MUSTARD, CORAL, (222, 196, 160))
_ROOFS: tuple[Colour, ...] = (BRICK, NAVY, (122, 82, 74), TEAL, (92, 92, 116), CORAL)
_PANE: Colour = (255, 226, 150)


def _roof(look: Look) -> Colour:
    return _ROOFS[look.seed % len(_ROOFS)]


def _window(pen: Pen, left: float, top: float, width: float, height: float) -> None:
    pen.flat(
        box(left - 0.018, top - 0.018, left + width + 0.018, top + height + 0.022), lit(WHITE, 0.2)
    )
    pen.fill(box(left, top, left + width, top + height), _PANE, (150, 186, 214), 0.4)
    middle = left + width / 2
    pen.line(((middle, top), (middle, top + height)), 0.016, lit(WHITE, 0.2))
    pen.line(((left, top + height / 2), (left + width, top + height / 2)), 0.016, lit(WHITE, 0.2))


def _door(pen: Pen, left: float, width: float, height: float, colour: Colour) -> None:
    pen.solid(box(left, -height, left + width, 0, width * 0.3), colour, 0.2)
    pen.flat(box(left, -height * 0.5, left + width, 0), shaded(colour, 0.1))
    pen.dot(left + width * 0.78, -height * 0.42, 0.014, MUSTARD)


def _cottage(pen: Pen, look: Look) -> None:
    main, second, _ = look.colours
    roof = _roof(look)
    pen.solid(box(0.2, -0.96, 0.32, -0.66), (170, 104, 86), 0.2)
    pen.solid(
        polygon(((-0.46, -0.56), (0, -0.94), (0.46, -0.56), (0.46, 0), (-0.46, 0))), main, 0.16
    )
    roofline = polygon(
        ((0, -1.0), (0.6, -0.5), (0.52, -0.42), (0, -0.84), (-0.52, -0.42), (-0.6, -0.5))
    )
    pen.veil(
        polygon(
            ((0, -0.82), (0.46, -0.44), (0.46, -0.38), (0, -0.74), (-0.46, -0.38), (-0.46, -0.44))
        ),
        (60, 44, 80),
        0.25,
    )
    pen.solid(roofline, roof, 0.24)
    pen.flat(ellipse(0, -0.64, 0.075, 0.075), lit(WHITE, 0.2))
    pen.flat(ellipse(0, -0.64, 0.055, 0.055), (150, 186, 214))
    _window(pen, -0.36, -0.42, 0.2, 0.2)
    _window(pen, 0.18, -0.42, 0.2, 0.2)
    _door(pen, -0.09, 0.18, 0.34, second)


def _town(pen: Pen, look: Look) -> None:
    main, second, _ = look.colours
    roof = _roof(look)
    pen.solid(box(-0.24, -0.98, -0.14, -0.8), (170, 104, 86), 0.2)
    pen.solid(box(-0.32, -0.76, 0.32, 0), main, 0.16)
    pen.solid(polygon(((-0.24, -0.94), (0.24, -0.94), (0.38, -0.73), (-0.38, -0.73))), roof, 0.24)
    for y in (-0.68, -0.44):
        for x in (-0.24, -0.06, 0.12):
            _window(pen, x, y, 0.12, 0.15)
    pen.flat(box(-0.32, -0.25, 0.32, -0.225), shaded(main, 0.25))
    _door(pen, -0.24, 0.15, 0.21, second)
    _window(pen, 0.0, -0.18, 0.22, 0.12)


def _corner(pen: Pen, look: Look) -> None:
    main, second, _ = look.colours
    roof = _roof(look)
    pen.solid(
        polygon(((-0.7, -0.46), (-0.34, -0.84), (0.02, -0.46), (0.02, 0), (-0.7, 0))),
        lit(main, 0.2),
        0.12,
    )
    pen.solid(
        polygon(((0.02, -0.46), (0.68, -0.46), (0.68, 0), (0.02, 0))), shaded(main, 0.2), 0.12
    )
    pen.solid(box(0.34, -1.0, 0.46, -0.76), (170, 104, 86), 0.2)
    pen.solid(polygon(((-0.36, -0.9), (0.44, -0.88), (0.8, -0.44), (0.06, -0.42))), roof, 0.2)
    pen.flat(
        polygon(((-0.36, -0.9), (-0.3, -0.84), (-0.72, -0.38), (-0.8, -0.43))), shaded(roof, 0.35)
    )
    for shift in (0.0, 0.1, 0.2):
        pen.line(
            ((-0.2 + shift * 1.1, -0.78 + shift * 1.25), (0.56 + shift * 0.9, -0.77 + shift * 1.2)),
            0.014,
            shaded(roof, 0.25),
        )
    _window(pen, -0.44, -0.62, 0.17, 0.16)
    _door(pen, -0.42, 0.17, 0.32, second)
    _window(pen, 0.14, -0.32, 0.16, 0.16)
    _window(pen, 0.4, -0.32, 0.16, 0.16)


def _hut(pen: Pen, look: Look) -> None:
    main, second, _ = look.colours
    thatch = (206, 166, 98) if look.seed % 2 else _roof(look)
    pen.solid(box(-0.38, -0.5, 0.38, 0, 0.03), main, 0.22)
    pen.veil(box(-0.38, -0.5, 0.38, -0.38), (60, 44, 80), 0.3)
    roof = smooth(((0, -1.0), (0.3, -0.74), (0.58, -0.46), (0.3, -0.41), (0, -0.39),
                   (-0.3, -0.41), (-0.58, -0.46),
                   (-0.3, -0.74)), steps=5)  # fmt: skip
    pen.solid(roof, thatch, 0.28)
    for x in (-0.3, -0.1, 0.12, 0.32):
        pen.line(((x * 0.3, -0.86), (x, -0.5)), 0.014, shaded(thatch, 0.25))
    pen.flat(arc(0, 0, 0.13, 0.32, 180, 360), shaded(second, 0.1))
    pen.line(arc(0, 0, 0.13, 0.32, 180, 360), 0.028, lit(BROWN, 0.3))
    for x in (-0.26, 0.26):
        pen.flat(ellipse(x, -0.26, 0.075, 0.075), lit(WHITE, 0.2))
        pen.flat(ellipse(x, -0.26, 0.055, 0.055), _PANE)


VARIANTS = (
    Variant("cottage", _cottage, ("ground",), 1.0, (0.34, 0.68), 0),
    Variant("town", _town, ("ground",), 0.72, (0.46, 0.78), 0),
    Variant("corner", _corner, ("ground",), 1.4, (0.32, 0.56), 0),
    Variant("hut", _hut, ("ground",), 0.9, (0.32, 0.58), 0),
)
