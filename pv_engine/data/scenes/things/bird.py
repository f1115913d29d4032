"""Birds: a songbird, one on the wing, a duck and an owl."""

from pv_engine.data.scenes.colours import (
    BRICK,
    BROWN,
    CORAL,
    CREAM,
    GREY,
    MUSTARD,
    ORANGE,
    SKY,
    TEAL,
    WHITE,
    lit,
    mix,
    shaded,
)  # fmt: skip
from pv_engine.data.scenes.geometry import ellipse, polygon, smooth
from pv_engine.data.scenes.pen import Pen
from pv_engine.data.scenes.variant import Look, Variant

HUES = (SKY, CORAL, BROWN, MUSTARD, GREY, WHITE, BRICK, TEAL)


def _eye(pen: Pen, x: float, y: float, radius: float) -> None:
    pen.dot(x, y, radius, (34, 30, 44))
    pen.dot(x - radius * 0.3, y - radius * 0.35, radius * 0.34, WHITE)


def _songbird(pen: Pen, look: Look) -> None:
    main, second, _ = look.colours
    for x in (-0.02, 0.1):
        pen.line(((x, -0.22), (x + 0.02, 0), (x - 0.07, 0)), 0.022, (150, 96, 60))
    pen.solid(
        polygon(((0.3, -0.5), (0.72, -0.42), (0.74, -0.3), (0.28, -0.28))), shaded(main, 0.3), 0.15
    )
    pen.flat(polygon(((-0.43, -0.78), (-0.62, -0.69), (-0.42, -0.64))), ORANGE)
    body = smooth(
        ((-0.24, -0.98), (-0.03, -0.88), (0.12, -0.66), (0.4, -0.45), (0.3, -0.24), (0.02, -0.16),
         (-0.28, -0.26), (-0.4, -0.5), (-0.46, -0.78))
    )  # fmt: skip
    pen.solid(body, main, 0.24)
    pen.glow(-0.28, -0.38, 0.3, 0.3, mix(second, CREAM, 0.7), 0.9, within=body)
    wing = smooth(((-0.12, -0.56), (0.12, -0.6), (0.5, -0.34), (0.22, -0.27), (-0.06, -0.36)))
    pen.solid(wing, shaded(main, 0.34), 0.22)
    pen.line(((0.02, -0.42), (0.3, -0.34)), 0.018, lit(main, 0.3))
    _eye(pen, -0.27, -0.76, 0.05)


def _on_the_wing(pen: Pen, look: Look) -> None:
    main, second, _ = look.colours
    far = smooth(((-0.1, -0.44), (0.1, -0.86), (0.38, -1.0), (0.3, -0.7), (0.24, -0.42)))
    pen.solid(far, shaded(main, 0.42), 0.15)
    tail = polygon(((0.36, -0.44), (0.8, -0.54), (0.7, -0.4), (0.82, -0.28), (0.34, -0.26)))
    pen.solid(tail, shaded(main, 0.25), 0.15)
    pen.flat(polygon(((-0.56, -0.46), (-0.78, -0.36), (-0.55, -0.33))), ORANGE)
    body = smooth(
        ((-0.6, -0.4), (-0.48, -0.54), (-0.3, -0.53), (0, -0.49), (0.42, -0.41), (0.42, -0.29),
         (0.1, -0.16), (-0.3, -0.2), (-0.54, -0.28))
    )  # fmt: skip
    pen.solid(body, main, 0.2)
    pen.glow(-0.15, -0.16, 0.42, 0.16, mix(second, CREAM, 0.75), 0.9, within=body)
    near = smooth(
        ((-0.22, -0.4), (-0.06, -0.7), (0.24, -0.98), (0.56, -0.94), (0.42, -0.62), (0.2, -0.33))
    )
    pen.solid(near, mix(main, shaded(main), 0.5), 0.25)
    for shift in (0.0, 0.11, 0.22):
        pen.line(
            ((0.06 + shift, -0.52 - shift * 0.5), (0.3 + shift * 0.8, -0.84)),
            0.014,
            shaded(main, 0.5),
        )
    _eye(pen, -0.45, -0.43, 0.04)


def _duck(pen: Pen, look: Look) -> None:
    main, second, _ = look.colours
    pen.flat(smooth(((-0.5, -0.8), (-0.78, -0.72), (-0.74, -0.64), (-0.5, -0.63))), ORANGE)
    body = smooth(
        ((-0.5, -0.38), (-0.28, -0.52), (0.1, -0.5), (0.5, -0.52), (0.76, -0.62), (0.64, -0.2),
         (0.32, 0), (-0.22, 0), (-0.5, -0.14))
    )  # fmt: skip
    pen.solid(body, main, 0.24)
    neck = smooth(((-0.5, -0.62), (-0.24, -0.62), (-0.12, -0.4), (-0.3, -0.2), (-0.5, -0.24)))
    pen.solid(neck, main, 0.12)
    head = ellipse(-0.38, -0.78, 0.2, 0.2)
    pen.solid(head, second, 0.22)
    pen.line(((-0.49, -0.6), (-0.26, -0.58)), 0.045, lit(CREAM, 0.3))
    wing = smooth(((-0.18, -0.38), (0.2, -0.44), (0.6, -0.42), (0.4, -0.18), (0.04, -0.14)))
    pen.solid(wing, shaded(main, 0.26), 0.2)
    pen.line(((0.02, -0.22), (0.4, -0.26)), 0.02, lit(main, 0.25))
    _eye(pen, -0.44, -0.81, 0.042)


def _owl(pen: Pen, look: Look) -> None:
    main, second, _ = look.colours
    for x in (-0.1, 0.1):
        pen.flat(ellipse(x, -0.02, 0.09, 0.04), ORANGE)
    body = smooth(
        ((-0.3, -0.99), (-0.14, -0.9), (0.14, -0.9), (0.3, -0.99), (0.35, -0.7), (0.38, -0.36),
         (0.24, -0.04), (0, 0), (-0.24, -0.04), (-0.38, -0.36), (-0.35, -0.7))
    )  # fmt: skip
    pen.solid(body, main, 0.22)
    belly = ellipse(0, -0.28, 0.23, 0.26)
    pen.flat(belly, lit(second, 0.6))
    for row, xs in (
        (-0.38, (-0.1, 0.02, 0.14)),
        (-0.26, (-0.14, -0.03, 0.08)),
        (-0.14, (-0.06, 0.06)),
    ):
        for x in xs:
            pen.line(
                ((x - 0.035, row), (x, row + 0.03), (x + 0.035, row)), 0.016, shaded(second, 0.15)
            )
    for side in (-1, 1):
        pen.solid(
            smooth(((side * 0.28, -0.58), (side * 0.42, -0.34), (side * 0.24, -0.06))),
            shaded(main, 0.4),
        )
        pen.flat(ellipse(side * 0.15, -0.7, 0.155, 0.155), lit(CREAM, 0.4))
        pen.dot(side * 0.14, -0.7, 0.105, MUSTARD)
        _eye(pen, side * 0.135, -0.7, 0.066)
    pen.flat(polygon(((-0.05, -0.64), (0.05, -0.64), (0, -0.52))), shaded(ORANGE, 0.1))


VARIANTS = (
    Variant("songbird", _songbird, ("ground", "table"), 0.5, (0.3, 0.56)),
    Variant("on the wing", _on_the_wing, ("air",), 1.1, (0.3, 0.5), 12),
    Variant("duck", _duck, ("water", "ground"), 1.1, (0.28, 0.46), 3),
    Variant("owl", _owl, ("ground", "table"), 0.6, (0.34, 0.62), 3),
)
