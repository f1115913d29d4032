"""Mushrooms: a fly agaric, a stout brown one, a pointed one and a group."""

from pv_engine.data.scenes.colours import (
    BRICK,
    BROWN,
    CORAL,
    CREAM,
    MUSTARD,
    PLUM,
    TEAL,
    WHITE,
    Colour,
    lit,
    shaded,
)  # fmt: skip
from pv_engine.data.scenes.geometry import Outline, ellipse, mirrored, smooth
from pv_engine.data.scenes.pen import Pen
from pv_engine.data.scenes.variant import Look, Variant

HUES = (BRICK, BRICK, BROWN, (176, 120, 78), CORAL, PLUM, MUSTARD, TEAL)
_FLESH: Colour = (244, 232, 208)


def _stalk(pen: Pen, x: float, top: float, width: float) -> None:
    """A stalk `width` wide that stands at x and reaches up to `top`."""
    foot = pen.turned(x, 0, 0)
    w = width
    half = ((0.42 * w, top), (0.46 * w, top * 0.4), (0.62 * w, top * 0.05), (0.4 * w, 0.0))
    stalk = smooth(mirrored(half), steps=5)
    foot.solid(stalk, _FLESH, 0.22)
    foot.glow(0, top, 0.7 * w, 0.16, shaded(_FLESH, 0.7), 0.55, within=stalk)


def _cap(x: float, top: float, brim: float, half: float) -> Outline:
    """A dome from `top` down to `brim`, `half` wide to each side of x."""
    h = brim - top
    dome = ((0.0, top), (0.62 * half, top + 0.22 * h), (half, brim - 0.1 * h))
    edge = ((0.86 * half, brim + 0.06 * h), (0.0, brim + 0.1 * h))
    return smooth(tuple((x + dx, y) for dx, y in mirrored((*dome, *edge))))


def _spots(pen: Pen, x: float, top: float, brim: float, half: float) -> None:
    h = brim - top
    for dx, dy, r in ((-0.5, 0.56, 0.1), (-0.1, 0.28, 0.13), (0.36, 0.4, 0.1), (0.1, 0.7, 0.12),
                      (0.66, 0.74, 0.09),
                      (-0.74, 0.84, 0.07), (-0.3, 0.88, 0.07)):  # fmt: skip
        pen.flat(
            ellipse(x + dx * half, top + dy * h, r * half * 1.1, r * half * 0.86), lit(WHITE, 0.25)
        )


def _fly_agaric(pen: Pen, look: Look) -> None:
    main = look.colours[0]
    _stalk(pen, 0, -0.5, 0.24)
    pen.solid(
        smooth(((-0.13, -0.4), (0.13, -0.4), (0.19, -0.28), (0, -0.25), (-0.19, -0.28)), steps=5),
        _FLESH,
        0.15,
    )
    cap = _cap(0, -1.0, -0.46, 0.52)
    pen.solid(cap, main, 0.24)
    pen.flat(ellipse(0, -0.45, 0.4, 0.05), shaded(_FLESH, 0.16))
    _spots(pen, 0, -1.0, -0.5, 0.52)
    pen.glow(-0.2, -0.84, 0.22, 0.16, WHITE, 0.4, within=cap)


def _stout(pen: Pen, look: Look) -> None:
    main = look.colours[0]
    _stalk(pen, 0, -0.5, 0.44)
    cap = _cap(0, -0.98, -0.44, 0.56)
    pen.solid(cap, main, 0.3)
    pen.flat(ellipse(0, -0.43, 0.44, 0.05), shaded(MUSTARD, 0.25))
    pen.glow(-0.2, -0.82, 0.26, 0.16, CREAM, 0.6, within=cap)


def _pointed(pen: Pen, look: Look) -> None:
    main = look.colours[0]
    _stalk(pen, 0, -0.52, 0.16)
    cap = smooth(((0, -1.0), (0.13, -0.92), (0.22, -0.7), (0.42, -0.47), (0.24, -0.42),
                  (0, -0.41), (-0.24, -0.42),
                  (-0.42, -0.47), (-0.22, -0.7), (-0.13, -0.92)), steps=6)  # fmt: skip
    pen.solid(cap, main, 0.28)
    gills = ellipse(0, -0.445, 0.33, 0.045)
    pen.flat(gills, shaded(_FLESH, 0.12))
    for x in (-0.24, -0.16, -0.08, 0.08, 0.16, 0.24):
        pen.line(((x, -0.468), (x * 0.86, -0.425)), 0.012, shaded(_FLESH, 0.35))
    for x, y, r in (
        (-0.02, -0.84, 0.045),
        (0.12, -0.68, 0.05),
        (-0.14, -0.62, 0.05),
        (0.26, -0.53, 0.035),
        (0.01, -0.54, 0.035),
    ):
        pen.flat(ellipse(x, y, r, r * 0.85), lit(WHITE, 0.25))
    pen.glow(-0.09, -0.76, 0.12, 0.18, CREAM, 0.5, within=cap)


def _group(pen: Pen, look: Look) -> None:
    main = look.colours[0]
    for x, top, width, half in (
        (0.34, -0.62, 0.12, 0.26),
        (-0.4, -0.5, 0.1, 0.22),
        (-0.04, -1.0, 0.18, 0.38),
    ):
        brim = top * 0.52
        _stalk(pen, x, brim, width)
        cap = _cap(x, top, brim, half)
        pen.solid(cap, main, 0.26)
        pen.flat(ellipse(x, brim + 0.02, half * 0.76, 0.03), shaded(_FLESH, 0.16))
        _spots(pen, x, top, brim - 0.03, half)
        pen.glow(x - half * 0.4, top * 0.84, half * 0.4, half * 0.3, WHITE, 0.4, within=cap)


VARIANTS = (
    Variant("fly agaric", _fly_agaric, ("ground",), 0.5, (0.3, 0.6), 8),
    Variant("stout", _stout, ("ground",), 0.6, (0.28, 0.56), 8),
    Variant("pointed", _pointed, ("ground",), 0.3, (0.34, 0.62), 8),
    Variant("group", _group, ("ground",), 1.0, (0.34, 0.6), 4),
)
