"""Cars: a saloon, a small round one, a van and a pick-up."""

from pv_engine.data.scenes.colours import (
    BRICK,
    CORAL,
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
from pv_engine.data.scenes.geometry import Outline, box, ellipse, polygon, smooth
from pv_engine.data.scenes.pen import Pen
from pv_engine.data.scenes.variant import Look, Variant

HUES = (BRICK, SKY, TEAL, MUSTARD, WHITE, NAVY, CORAL, SAGE)
_GLASS: Colour = (132, 178, 204)
_TYRE: Colour = (46, 44, 58)


def _wheel(pen: Pen, x: float, radius: float) -> None:
    pen.dot(x, -radius, radius, _TYRE)
    pen.dot(x, -radius, radius * 0.58, (206, 208, 214))
    pen.dot(x, -radius, radius * 0.24, (120, 122, 136))


def _window(pen: Pen, outline: Outline) -> None:
    pen.fill(outline, lit(_GLASS, 0.55), shaded(_GLASS, 0.35))


def _lights(pen: Pen, front: float, back: float, y: float) -> None:
    pen.flat(ellipse(front, y, 0.05, 0.06), (255, 236, 164))
    pen.flat(ellipse(back, y, 0.035, 0.06), (226, 60, 56))


def _saloon(pen: Pen, look: Look) -> None:
    main = look.colours[0]
    pen.flat(box(-0.9, -0.3, 0.9, -0.14, 0.06), shaded(main, 0.7))
    body = smooth(
        ((-1.02, -0.34), (-0.98, -0.56), (-0.6, -0.64), (-0.32, -0.96), (0.3, -0.99), (0.62, -0.66),
         (0.98, -0.6), (1.04, -0.34), (0.98, -0.2), (-0.98, -0.2)), steps=5)  # fmt: skip
    pen.solid(body, main, 0.26)
    pen.line(((-0.96, -0.5), (0.98, -0.5)), 0.02, lit(main, 0.55))
    _window(pen, smooth(((-0.44, -0.66), (-0.24, -0.89), (-0.04, -0.9), (-0.04, -0.65)), steps=4))
    _window(pen, smooth(((0.04, -0.65), (0.04, -0.9), (0.26, -0.9), (0.46, -0.66)), steps=4))
    pen.line(((0.12, -0.44), (0.22, -0.44)), 0.03, shaded(main, 0.5))
    _lights(pen, -0.98, 1.0, -0.42)
    for x in (-0.58, 0.6):
        _wheel(pen, x, 0.22)


def _small(pen: Pen, look: Look) -> None:
    main = look.colours[0]
    pen.flat(box(-0.66, -0.3, 0.66, -0.12, 0.06), shaded(main, 0.7))
    body = smooth(
        ((-0.8, -0.22), (-0.82, -0.46), (-0.56, -0.58), (-0.36, -0.9), (0, -1.0), (0.36, -0.92),
         (0.64, -0.6), (0.82, -0.4), (0.78, -0.2)), steps=6)  # fmt: skip
    pen.solid(body, main, 0.28)
    _window(pen, smooth(((-0.4, -0.6), (-0.26, -0.85), (-0.05, -0.9), (-0.05, -0.58)), steps=4))
    _window(pen, smooth(((0.05, -0.58), (0.05, -0.9), (0.28, -0.84), (0.46, -0.58)), steps=4))
    for x in (-0.46, 0.46):
        pen.flat(ellipse(x, -0.24, 0.28, 0.27), shaded(main, 0.32))
        _wheel(pen, x, 0.22)
    _lights(pen, -0.76, 0.78, -0.42)


def _van(pen: Pen, look: Look) -> None:
    main, second, _ = look.colours
    body = smooth(
        ((-0.82, -0.2), (-0.84, -0.5), (-0.7, -0.9), (-0.5, -1.0), (0.7, -1.0), (0.8, -0.9),
         (0.82, -0.2)), steps=5)  # fmt: skip
    pen.solid(body, lit(second, 0.7), 0.16)
    pen.solid(box(-0.84, -0.54, 0.82, -0.14, 0.07), main, 0.22)
    _window(pen, smooth(((-0.72, -0.58), (-0.6, -0.87), (-0.38, -0.89), (-0.38, -0.58)), steps=4))
    for x in (-0.28, 0.08, 0.44):
        _window(pen, box(x, -0.88, x + 0.28, -0.6, 0.04))
    _lights(pen, -0.8, 0.8, -0.4)
    for x in (-0.48, 0.48):
        _wheel(pen, x, 0.2)


def _pick_up(pen: Pen, look: Look) -> None:
    main, second, _ = look.colours
    pen.flat(box(-0.9, -0.3, 0.96, -0.16, 0.05), shaded(main, 0.7))
    for x, height in ((0.36, 0.18), (0.62, 0.24), (0.84, 0.15)):
        pen.solid(ellipse(x, -0.6, 0.17, height), second, 0.3)
    cabin = smooth(
        ((-0.5, -0.5), (-0.34, -0.94), (-0.1, -1.0), (0.14, -0.97), (0.16, -0.5)), steps=4
    )
    pen.solid(cabin, main, 0.2)
    pen.solid(
        smooth(((-1.0, -0.24), (-1.0, -0.52), (-0.8, -0.62), (0.1, -0.62), (0.16, -0.2)), steps=4),
        main,
        0.22,
    )
    pen.solid(
        polygon(((0.14, -0.6), (1.04, -0.6), (1.02, -0.2), (0.14, -0.2))), shaded(main, 0.12), 0.22
    )
    for x in (0.38, 0.62, 0.86):
        pen.line(((x, -0.54), (x, -0.28)), 0.02, shaded(main, 0.42))
    _window(pen, smooth(((-0.4, -0.62), (-0.27, -0.88), (0.06, -0.88), (0.07, -0.62)), steps=4))
    _lights(pen, -0.96, 1.01, -0.44)
    for x in (-0.56, 0.62):
        _wheel(pen, x, 0.22)


VARIANTS = (
    Variant("saloon", _saloon, ("ground",), 2.0, (0.22, 0.38), 3),
    Variant("small", _small, ("ground", "table"), 1.6, (0.26, 0.46), 3),
    Variant("van", _van, ("ground",), 1.6, (0.26, 0.46), 3),
    Variant("pick-up", _pick_up, ("ground",), 2.0, (0.22, 0.38), 3),
)
