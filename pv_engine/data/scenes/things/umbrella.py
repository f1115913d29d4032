"""Umbrellas: open with a crook, a parasol in the sand, one blown flat and a folded one."""

from pv_engine.data.scenes.colours import (
    BLUSH,
    BRICK,
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
from pv_engine.data.scenes.geometry import Outline, arc, box, ellipse, mirrored, smooth
from pv_engine.data.scenes.pen import Pen
from pv_engine.data.scenes.variant import Look, Variant

HUES = (BRICK, NAVY, TEAL, MUSTARD, CORAL, SKY, PLUM, BLUSH)
_WOOD: Colour = (150, 104, 70)


_DOTS = (
    (-0.38, -0.66, 0.042), (-0.2, -0.8, 0.042), (0.02, -0.66, 0.046), (0.04, -0.87, 0.036),
    (0.24, -0.77, 0.042), (0.4, -0.63, 0.04), (-0.2, -0.6, 0.036), (0.22, -0.59, 0.036),
)  # fmt: skip


def _canopy(half: float, top: float, brim: float, dip: float) -> Outline:
    """The whole canopy, `half` wide to each side, its brim curving up by `dip`."""
    h = brim - top
    shoulder = ((half * 0.56, top + 0.2 * h), (half * 0.9, top + 0.62 * h))
    scallop = ((half, brim), (half * 0.66, brim - dip), (half * 0.33, brim), (0.0, brim - dip))
    return smooth(mirrored(((0.0, top), *shoulder, *scallop)), steps=5)


def _panels(pen: Pen, top: float, brim: float, half: float, colours: tuple[Colour, Colour]) -> None:
    """The canopy with its middle panels in the second colour."""
    main, second = colours
    canopy = _canopy(half, top, brim, 0.07)
    pen.solid(canopy, main, 0.26)
    h = brim - top
    for side in (-1, 1):
        panel = smooth(((0, top), (side * half * 0.4, top + 0.32 * h),
                        (side * half * 0.66, brim - 0.07), (side * half * 0.33, brim),
                        (side * half * 0.2, top + 0.4 * h)), steps=5)  # fmt: skip
        pen.solid(panel, shaded(second, 0.12) if side > 0 else second, 0.2)
    pen.glow(-half * 0.4, top + 0.35 * h, half * 0.34, h * 0.34, WHITE, 0.35, within=canopy)
    pen.line(((0, top - 0.04), (0, top + 0.02)), 0.026, _WOOD)


def _crook(pen: Pen, look: Look) -> None:
    pen.line(((0, -0.9), (0, -0.08)), 0.03, _WOOD)
    pen.line(arc(0.075, -0.08, 0.075, 0.07, 180, 20), 0.04, shaded(_WOOD, 0.2))
    main = look.colours[0]
    _panels(pen, -0.95, -0.5, 0.56, (main, shaded(main, 0.22)))
    if look.seed % 2:
        for x, y, r in _DOTS:
            pen.flat(ellipse(x, y, r, r * 0.85), lit(WHITE, 0.2))


def _parasol(pen: Pen, look: Look) -> None:
    pen.line(((0, -0.9), (0, 0)), 0.03, lit(CREAM, 0.2))
    _panels(pen, -0.95, -0.58, 0.62, (look.colours[0], lit(WHITE, 0.2)))


def _lying(pen: Pen, look: Look) -> None:
    """Open on the ground, resting on its brim and its crook, the inside in shade."""
    main = look.colours[0]
    tipped = pen.turned(0.4, -0.18, -52, 1.0)
    inside = smooth(((-0.56, -0.5), (0, -0.66), (0.56, -0.5), (0, -0.42)), steps=6)
    tipped.flat(inside, shaded(main, 0.55))
    tipped.line(((0, -0.86), (0, 0.1)), 0.03, _WOOD)
    tipped.line(arc(-0.075, 0.1, 0.075, 0.07, 0, 160), 0.04, shaded(_WOOD, 0.2))
    _panels(tipped, -0.95, -0.5, 0.56, (main, lit(look.colours[1], 0.35)))


def _folded(pen: Pen, look: Look) -> None:
    main = look.colours[0]
    pen.line(((0, -0.9), (0, -0.02)), 0.03, _WOOD)
    pen.line(arc(0.08, -0.92, 0.08, 0.07, 180, 370), 0.045, _WOOD)
    cloth = smooth(
        (
            (-0.05, -0.8),
            (0.05, -0.8),
            (0.14, -0.66),
            (0.1, -0.4),
            (0.02, -0.06),
            (-0.02, -0.06),
            (-0.1, -0.4),
            (-0.14, -0.66),
        )
    )
    pen.solid(cloth, main, 0.28)
    pen.line(((-0.03, -0.7), (0, -0.16)), 0.014, shaded(main, 0.35))
    pen.line(((0.06, -0.68), (0.01, -0.2)), 0.014, lit(main, 0.3))
    pen.flat(box(-0.12, -0.52, 0.12, -0.47, 0.02), shaded(main, 0.4))


VARIANTS = (
    Variant("crook", _crook, ("ground", "air"), 0.2, (0.38, 0.7), 16),
    Variant("parasol", _parasol, ("ground",), 0.2, (0.44, 0.8), 14),
    Variant("lying", _lying, ("ground",), 0.9, (0.36, 0.6), 4),
    Variant("folded", _folded, ("ground",), 0.12, (0.44, 0.66), 14),
)
