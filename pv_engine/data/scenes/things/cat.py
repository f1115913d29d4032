"""Cats: sitting, seen from behind, walking and curled up."""

from pv_engine.data.scenes.colours import (
    BLUSH,
    BROWN,
    CREAM,
    GREY,
    ORANGE,
    WHITE,
    Colour,
    lit,
    mix,
    shaded,
)  # fmt: skip
from pv_engine.data.scenes.geometry import arc, ellipse, polygon, ribbon, smooth
from pv_engine.data.scenes.pen import Pen
from pv_engine.data.scenes.variant import Look, Variant

HUES = (ORANGE, GREY, (74, 72, 92), CREAM, (196, 140, 92), WHITE, (112, 120, 148), BROWN)
_DARK: Colour = (40, 34, 46)


def _ears(pen: Pen, x: float, y: float, r: float, colour: Colour) -> None:
    for side in (-1, 1):
        tip = (x + side * 0.86 * r, y - 1.32 * r)
        inner, outer = (x + side * 0.16 * r, y - 0.78 * r), (x + side * 0.98 * r, y - 0.3 * r)
        pen.solid(polygon((inner, tip, outer)), colour, 0.12)
        middle = (x + side * 0.62 * r, y - 0.55 * r)
        pen.flat(
            polygon(tuple((middle[0] + 0.55 * (px - middle[0]), middle[1] + 0.55 * (py - middle[1]))
                          for px, py in (inner, tip, outer))), mix(BLUSH, colour,
                                                                   0.25))  # fmt: skip


def _face(pen: Pen, x: float, y: float, r: float, colour: Colour) -> None:
    """A cat's head of radius r, looking out of the picture."""
    _ears(pen, x, y, r, colour)
    head = ellipse(x, y, 1.08 * r, 0.92 * r)
    pen.solid(head, colour, 0.2)
    pen.glow(x, y + 0.5 * r, 0.75 * r, 0.55 * r, lit(colour, 0.75), 0.9, within=head)
    for side in (-1, 1):
        pen.flat(ellipse(x + side * 0.43 * r, y - 0.08 * r, 0.2 * r, 0.22 * r), (190, 214, 120))
        pen.flat(ellipse(x + side * 0.42 * r, y - 0.07 * r, 0.1 * r, 0.2 * r), _DARK)
        for rise in (-0.06, 0.12):
            pen.line(((x + side * 0.55 * r, y + 0.36 * r),
                      (x + side * 1.35 * r, y + (0.32 + rise * 2) * r)),
                     0.035 * r, lit(colour, 0.65))  # fmt: skip
    pen.flat(
        polygon(((x - 0.12 * r, y + 0.22 * r), (x + 0.12 * r, y + 0.22 * r), (x, y + 0.36 * r))),
        (214, 112, 116),
    )
    for side in (-1, 1):
        pen.line(arc(x + side * 0.14 * r, y + 0.4 * r, 0.14 * r, 0.12 * r, 0, 180), 0.05 * r, _DARK)


def _stripes(pen: Pen, marks: tuple[tuple[tuple[float, float], ...], ...], colour: Colour) -> None:
    for points in marks:
        pen.line(points, 0.032, shaded(colour, 0.32))


def _sitting(pen: Pen, look: Look) -> None:
    colour = look.colours[0]
    pen.flat(
        ribbon(((0.16, -0.06), (0.42, -0.05), (0.5, -0.22), (0.42, -0.36)), 0.1, 0.07),
        shaded(colour, 0.25),
    )
    body = smooth(((-0.12, -0.62), (0.12, -0.62), (0.26, -0.34), (0.3, -0.08), (0.2, 0), (-0.2, 0),
                   (-0.3, -0.08), (-0.26, -0.34)))  # fmt: skip
    pen.solid(body, colour, 0.22)
    pen.glow(0, -0.42, 0.15, 0.24, lit(colour, 0.8), 0.85, within=body)
    for x in (-0.08, 0.08):
        pen.flat(ellipse(x, -0.035, 0.085, 0.045), lit(colour, 0.45))
        pen.line(((x * 0.2, -0.28), (x * 0.2, -0.04)), 0.014, shaded(colour, 0.3))
    _stripes(pen, (((-0.25, -0.34), (-0.16, -0.32)), ((0.25, -0.34), (0.16, -0.32)),
                   ((-0.27, -0.22), (-0.17, -0.21)),
                   ((0.27, -0.22), (0.17, -0.21))), colour)  # fmt: skip
    _face(pen, 0, -0.7, 0.23, colour)
    _stripes(
        pen,
        (((0, -0.9), (0, -0.82)), ((-0.07, -0.89), (-0.06, -0.83)), ((0.07, -0.89), (0.06, -0.83))),
        colour,
    )


def _from_behind(pen: Pen, look: Look) -> None:
    colour = look.colours[0]
    body = smooth(((-0.1, -0.64), (0.1, -0.64), (0.27, -0.36), (0.34, -0.1), (0.22, 0), (-0.22, 0),
                   (-0.34, -0.1), (-0.27, -0.36)))  # fmt: skip
    pen.solid(body, colour, 0.24)
    _ears(pen, 0.02, -0.72, 0.22, shaded(colour, 0.1))
    pen.solid(ellipse(0.02, -0.72, 0.23, 0.2), colour, 0.22)
    rows = ((0.1, -0.48), (0.13, -0.37), (0.15, -0.26))
    across = tuple(((-x, y), (0.0, y + 0.03), (x, y)) for x, y in rows)
    _stripes(pen, (*across, ((0.02, -0.9), (0.02, -0.8))), colour)
    tail = ribbon(
        ((0.1, -0.06), (0.34, -0.03), (0.52, -0.14), (0.48, -0.34), (0.58, -0.46)), 0.1, 0.07
    )
    pen.flat(tail, shaded(colour, 0.2))


def _walking(pen: Pen, look: Look) -> None:
    colour = look.colours[0]
    tail = ribbon(((0.5, -0.52), (0.74, -0.6), (0.82, -0.8), (0.72, -0.96)), 0.1, 0.075)
    pen.flat(tail, shaded(colour, 0.15))
    for x in (-0.3, 0.36):
        pen.flat(
            ribbon(((x, -0.34), (x + 0.06, -0.16), (x + 0.01, -0.02)), 0.15, 0.11),
            shaded(colour, 0.35),
        )
    body = smooth(((-0.4, -0.56), (0, -0.6), (0.42, -0.62), (0.58, -0.46), (0.5, -0.24),
                   (0, -0.2), (-0.36, -0.22),
                   (-0.48, -0.4)))  # fmt: skip
    pen.solid(body, colour, 0.24)
    for x in (-0.42, 0.46):
        pen.solid(
            ribbon(((x, -0.36), (x - 0.02, -0.16), (x - 0.04, -0.03)), 0.19, 0.12), colour, 0.14
        )
        pen.flat(ellipse(x - 0.06, -0.03, 0.085, 0.04), lit(colour, 0.4))
    _stripes(pen, (((-0.06, -0.58), (-0.08, -0.46)), ((0.1, -0.59), (0.09, -0.45)),
                   ((0.26, -0.6), (0.27, -0.46)),
                   ((0.42, -0.58), (0.44, -0.46))), colour)  # fmt: skip
    _face(pen, -0.5, -0.68, 0.23, colour)


def _curled(pen: Pen, look: Look) -> None:
    colour = look.colours[0]
    body = smooth(((-0.66, -0.3), (-0.4, -0.62), (0, -0.86), (0.46, -0.76), (0.76, -0.4),
                   (0.66, -0.08), (0.2, 0),
                   (-0.46, 0)))  # fmt: skip
    pen.solid(body, colour, 0.26)
    _stripes(
        pen,
        (((0.1, -0.82), (0.16, -0.62)), ((0.3, -0.78), (0.34, -0.6)), ((0.5, -0.68), (0.5, -0.52))),
        colour,
    )
    tail = ribbon(((0.72, -0.22), (0.5, -0.05), (0.1, -0.06), (-0.14, -0.1)), 0.15, 0.12)
    pen.solid(tail, shaded(colour, 0.14), 0.16)
    _ears(pen, -0.42, -0.4, 0.3, colour)
    head = ellipse(-0.42, -0.36, 0.33, 0.28)
    pen.solid(head, colour, 0.2)
    pen.glow(-0.42, -0.22, 0.22, 0.16, lit(colour, 0.7), 0.8, within=head)
    for x in (-0.55, -0.29):
        pen.line(arc(x, -0.39, 0.075, 0.06, 15, 165), 0.028, _DARK)
    pen.flat(polygon(((-0.46, -0.29), (-0.38, -0.29), (-0.42, -0.245))), (214, 112, 116))


VARIANTS = (
    Variant("sitting", _sitting, ("ground", "table"), 0.7, (0.36, 0.66), 3),
    Variant("from behind", _from_behind, ("ground", "table"), 0.7, (0.36, 0.62), 3),
    Variant("walking", _walking, ("ground", "table"), 1.2, (0.3, 0.5), 3),
    Variant("curled", _curled, ("ground", "table"), 1.4, (0.24, 0.38), 3),
)
