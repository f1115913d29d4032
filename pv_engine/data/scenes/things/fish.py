"""Fish: a goldfish, a tall striped one, a long hunter and a round one."""

from pv_engine.data.scenes.colours import (
    BLUSH,
    CORAL,
    MUSTARD,
    NAVY,
    ORANGE,
    PLUM,
    SKY,
    TEAL,
    WHITE,
    Colour,
    lit,
    mix,
    shaded,
)  # fmt: skip
from pv_engine.data.scenes.geometry import Outline, arc, ellipse, polygon, smooth
from pv_engine.data.scenes.pen import Pen
from pv_engine.data.scenes.variant import Look, Variant

HUES = (ORANGE, CORAL, SKY, MUSTARD, TEAL, PLUM, BLUSH, NAVY, (146, 168, 190))


def _eye(pen: Pen, x: float, y: float, radius: float) -> None:
    pen.dot(x, y, radius, WHITE)
    pen.dot(x - radius * 0.15, y, radius * 0.6, (30, 28, 44))
    pen.dot(x - radius * 0.35, y - radius * 0.3, radius * 0.22, WHITE)


def _body(pen: Pen, outline: Outline, colour: Colour, reach: float) -> None:
    """A flank that is dark along the back and pale along the belly."""
    pen.fill(outline, shaded(colour, 0.12), lit(colour, 0.4), 0.05)
    pen.glow(-0.1 * reach, -0.58, 0.7 * reach, 0.12, WHITE, 0.35, within=outline)


def _goldfish(pen: Pen, look: Look) -> None:
    main = look.colours[0]
    fin = mix(main, lit(main, 0.5), 0.5)
    tail = smooth(
        ((0.5, -0.48), (0.82, -0.78), (1.08, -0.84), (0.92, -0.48), (1.06, -0.12), (0.8, -0.2)),
        steps=5,
    )
    pen.solid(tail, fin, 0.2)
    pen.solid(smooth(((-0.2, -0.8), (0.06, -1.0), (0.36, -0.98), (0.42, -0.66))), fin, 0.2)
    pen.solid(smooth(((-0.05, -0.16), (0.16, 0), (0.32, -0.04), (0.26, -0.28))), fin, 0.2)
    body = smooth(((-0.8, -0.46), (-0.6, -0.72), (-0.2, -0.86), (0.26, -0.74), (0.62, -0.52),
                   (0.62, -0.42),
                   (0.26, -0.22), (-0.2, -0.1), (-0.62, -0.22)))  # fmt: skip
    _body(pen, body, main, 1.0)
    for x, y in ((-0.12, -0.56), (0.08, -0.48), (-0.12, -0.38), (0.28, -0.56), (0.28, -0.4)):
        pen.line(arc(x, y, 0.07, 0.08, -70, 70), 0.022, shaded(main, 0.2))
    pen.line(arc(-0.54, -0.46, 0.2, 0.26, -60, 60), 0.026, shaded(main, 0.3))
    pen.solid(smooth(((-0.22, -0.4), (0.08, -0.34), (0.02, -0.2), (-0.16, -0.26))), fin, 0.24)
    _eye(pen, -0.56, -0.54, 0.085)
    pen.line(((-0.79, -0.4), (-0.68, -0.37)), 0.03, shaded(main, 0.5))


def _striped(pen: Pen, look: Look) -> None:
    main, second, _ = look.colours
    pen.solid(
        smooth(
            ((0.3, -0.5), (0.52, -0.68), (0.6, -0.66), (0.54, -0.5), (0.6, -0.32), (0.52, -0.32)),
            steps=4,
        ),
        second,
    )
    pen.solid(smooth(((-0.1, -0.74), (0.2, -0.98), (0.44, -1.0), (0.3, -0.56))), second, 0.2)
    pen.solid(smooth(((-0.1, -0.26), (0.2, -0.02), (0.44, 0), (0.3, -0.44))), second, 0.2)
    body = smooth(((-0.5, -0.48), (-0.34, -0.66), (-0.06, -0.8), (0.22, -0.68), (0.38, -0.52),
                   (0.38, -0.46),
                   (0.22, -0.3), (-0.06, -0.18), (-0.34, -0.32)))  # fmt: skip
    _body(pen, body, main, 0.5)
    pen.flat(smooth(((-0.2, -0.745), (-0.11, -0.785), (-0.07, -0.5), (-0.11, -0.2),
                     (-0.2, -0.24), (-0.16, -0.5)), steps=5),
             shaded(second, 0.3))  # fmt: skip
    pen.flat(smooth(((0.08, -0.755), (0.16, -0.72), (0.2, -0.5), (0.16, -0.27), (0.08, -0.235),
                     (0.11, -0.5)), steps=5),
             shaded(second, 0.3))  # fmt: skip
    _eye(pen, -0.32, -0.52, 0.055)


def _hunter(pen: Pen, look: Look) -> None:
    main = look.colours[0]
    dark = shaded(main, 0.25)
    pen.solid(
        polygon(((0.98, -0.48), (1.34, -0.98), (1.22, -0.46), (1.3, -0.1), (0.98, -0.36))),
        dark,
        0.16,
    )
    pen.solid(
        smooth(((-0.16, -0.68), (0.12, -0.98), (0.26, -1.0), (0.24, -0.66)), steps=4), dark, 0.16
    )
    pen.solid(smooth(((-0.2, -0.2), (0.1, 0.0), (0.22, -0.02), (0.06, -0.24)), steps=4), dark, 0.16)
    body = smooth(((-1.1, -0.44), (-0.8, -0.62), (-0.3, -0.74), (0.3, -0.66), (0.84, -0.5),
                   (1.06, -0.46),
                   (1.06, -0.38), (0.8, -0.3), (0.2, -0.16), (-0.5, -0.12),
                   (-0.9, -0.24)))  # fmt: skip
    pen.fill(body, main, lit(main, 0.15), 0.05)
    belly = smooth(((-1.02, -0.34), (-0.4, -0.34), (0.4, -0.34), (1.0, -0.4), (0.8, -0.3),
                    (0.2, -0.16), (-0.5, -0.12),
                    (-0.88, -0.22)))  # fmt: skip
    pen.flat(belly, lit(main, 0.72))
    for x in (-0.46, -0.38, -0.3):
        pen.line(arc(x - 0.1, -0.44, 0.1, 0.14, -55, 55), 0.022, dark)
    _eye(pen, -0.8, -0.48, 0.055)
    pen.line(((-1.0, -0.3), (-0.84, -0.27), (-0.72, -0.3)), 0.026, shaded(main, 0.5))


def _round(pen: Pen, look: Look) -> None:
    main, second, _ = look.colours
    pen.solid(
        smooth(((0.36, -0.5), (0.66, -0.74), (0.74, -0.5), (0.66, -0.26)), steps=4), second, 0.2
    )
    pen.solid(smooth(((-0.14, -0.9), (0.06, -1.0), (0.24, -0.88))), second, 0.2)
    pen.solid(smooth(((-0.1, -0.1), (0.08, 0.0), (0.22, -0.12))), second, 0.2)
    body = ellipse(0, -0.5, 0.46, 0.42)
    _body(pen, body, main, 0.5)
    for x, y in ((0.1, -0.74), (0.26, -0.62), (0.02, -0.62), (0.18, -0.5), (0.32, -0.44)):
        pen.dot(x, y, 0.035, shaded(main, 0.3))
    pen.solid(
        smooth(((0.0, -0.42), (0.22, -0.36), (0.18, -0.24), (0.04, -0.28)), steps=5), second, 0.2
    )
    _eye(pen, -0.22, -0.58, 0.1)
    pen.flat(ellipse(-0.44, -0.4, 0.045, 0.055), shaded(main, 0.45))


VARIANTS = (
    Variant("goldfish", _goldfish, ("deep",), 1.4, (0.24, 0.5), 10),
    Variant("striped", _striped, ("deep",), 0.8, (0.3, 0.54), 8),
    Variant("hunter", _hunter, ("deep",), 2.0, (0.22, 0.36), 9),
    Variant("round", _round, ("deep",), 0.9, (0.26, 0.48), 8),
)
