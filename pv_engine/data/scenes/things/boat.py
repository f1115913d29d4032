"""Boats: a sailing boat, a tug, a folded paper boat and a rowing boat with a flag."""

from pv_engine.data.scenes.colours import (
    BRICK,
    BROWN,
    CORAL,
    CREAM,
    MUSTARD,
    NAVY,
    SKY,
    TEAL,
    WHITE,
    lit,
    shaded,
)  # fmt: skip
from pv_engine.data.scenes.geometry import box, ellipse, polygon, smooth
from pv_engine.data.scenes.pen import Pen
from pv_engine.data.scenes.variant import Look, Variant

HUES = (BRICK, NAVY, TEAL, WHITE, CORAL, BROWN, MUSTARD, SKY)


def _sailing(pen: Pen, look: Look) -> None:
    main, second, third = look.colours
    pen.line(((0.02, -0.99), (0.02, -0.2)), 0.028, (120, 84, 58))
    mainsail = smooth(
        ((0.06, -0.96), (0.26, -0.66), (0.5, -0.3), (0.28, -0.28), (0.06, -0.29)), steps=4
    )
    pen.solid(mainsail, lit(second, 0.55), 0.18)
    pen.veil(polygon(((0.06, -0.56), (0.35, -0.56), (0.42, -0.45), (0.06, -0.44))), second, 0.75)
    pen.solid(polygon(((-0.02, -0.9), (-0.02, -0.28), (-0.42, -0.28))), WHITE, 0.16)
    pen.flat(polygon(((0.02, -1.0), (0.02, -0.93), (-0.12, -0.965))), third)
    hull = smooth(
        ((-0.62, -0.24), (0, -0.21), (0.62, -0.25), (0.46, -0.02), (0.3, 0), (-0.36, 0)), steps=5
    )
    pen.solid(hull, main, 0.24)
    pen.line(((-0.58, -0.205), (0, -0.175), (0.58, -0.21)), 0.035, lit(main, 0.75))


def _tug(pen: Pen, look: Look) -> None:
    main, second, third = look.colours
    pen.solid(box(0.08, -0.98, 0.26, -0.5), third, 0.2)
    pen.flat(box(0.08, -0.92, 0.26, -0.82), lit(CREAM, 0.3))
    pen.solid(box(-0.34, -0.72, 0.42, -0.3, 0.03), WHITE, 0.2)
    pen.solid(box(-0.4, -0.77, 0.48, -0.69, 0.03), second, 0.15)
    for x in (-0.22, 0.02, 0.26):
        pen.flat(ellipse(x, -0.53, 0.075, 0.075), shaded(NAVY, 0.2))
        pen.flat(ellipse(x - 0.02, -0.55, 0.03, 0.03), lit(SKY, 0.4))
    hull = smooth(((-0.78, -0.42), (-0.3, -0.31), (0.4, -0.31), (0.72, -0.37), (0.62, -0.08),
                   (0.46, 0),
                   (-0.5, 0), (-0.66, -0.12)), steps=5)  # fmt: skip
    pen.solid(hull, main, 0.24)
    pen.line(((-0.7, -0.35), (-0.28, -0.25), (0.4, -0.25), (0.66, -0.3)), 0.04, lit(main, 0.7))


def _paper(pen: Pen, look: Look) -> None:
    paper = lit(look.colours[0], 0.5)
    pen.fill(
        polygon(((0, -0.98), (-0.34, -0.36), (0.34, -0.36))), lit(paper, 0.5), shaded(paper, 0.12)
    )
    pen.flat(polygon(((0, -0.98), (0.34, -0.36), (0, -0.36))), shaded(paper, 0.22))
    pen.fill(polygon(((-0.86, -0.6), (0, -0.34), (0.86, -0.6), (0.5, 0),
                      (-0.5, 0))), lit(paper, 0.5),
             shaded(paper, 0.2))  # fmt: skip
    pen.flat(polygon(((0, -0.34), (0.86, -0.6), (0.5, 0))), shaded(paper, 0.16))
    pen.flat(polygon(((0, -0.34), (-0.5, 0), (0.5, 0))), lit(paper, 0.25))


def _rowing(pen: Pen, look: Look) -> None:
    main, second, _ = look.colours
    pen.line(((0.34, -0.3), (0.34, -0.98)), 0.028, (120, 84, 58))
    flag = smooth(
        ((0.36, -0.97), (0.58, -0.93), (0.8, -0.97), (0.78, -0.72), (0.58, -0.69), (0.36, -0.73)),
        steps=4,
    )
    pen.solid(flag, second, 0.2)
    pen.flat(
        smooth(((-0.84, -0.52), (0, -0.38), (0.84, -0.52), (0.4, -0.24), (-0.4, -0.24))),
        (92, 62, 44),
    )
    for x in (-0.34, 0.1):
        pen.line(((x - 0.08, -0.38), (x + 0.2, -0.38)), 0.05, (196, 146, 96))
    hull = smooth(((-0.88, -0.54), (-0.5, -0.36), (0, -0.31), (0.5, -0.36), (0.88, -0.54),
                   (0.66, -0.1),
                   (0.4, 0), (-0.4, 0), (-0.66, -0.1)), steps=5)  # fmt: skip
    pen.solid(hull, main, 0.24)
    pen.line(
        ((-0.83, -0.46), (-0.48, -0.28), (0, -0.23), (0.48, -0.28), (0.83, -0.46)),
        0.045,
        lit(main, 0.65),
    )
    pen.line(((-0.1, -0.44), (-0.62, -0.06)), 0.04, (206, 158, 104))
    pen.flat(ellipse(-0.66, -0.03, 0.1, 0.05, -36), (206, 158, 104))


VARIANTS = (
    Variant("sailing", _sailing, ("water",), 1.1, (0.36, 0.7), 5),
    Variant("tug", _tug, ("water",), 1.4, (0.28, 0.48), 4),
    Variant("paper", _paper, ("water", "table"), 1.2, (0.24, 0.44), 6),
    Variant("rowing", _rowing, ("water", "ground"), 1.4, (0.26, 0.46), 5),
)
