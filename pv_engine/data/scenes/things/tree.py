"""Trees: leafy, a fir, a slender one, a palm, and a round one like a lollipop."""

import numpy as np

from pv_engine.data.scenes.colours import Colour, lit, shaded
from pv_engine.data.scenes.geometry import Points, ellipse, mirrored, ribbon, scallops, smooth
from pv_engine.data.scenes.pen import Pen
from pv_engine.data.scenes.variant import Look, Variant

HUES: tuple[Colour, ...] = (
    (104, 164, 84), (74, 140, 96), (140, 176, 72), (226, 142, 58), (208, 88, 66), (240, 168, 186),
    (64, 128, 118), (232, 186, 72),
)  # fmt: skip
_BARK: Colour = (126, 86, 62)


def _trunk(pen: Pen, top: float, width: float) -> None:
    w = width / 2
    trunk = smooth(
        (
            (-w * 0.7, top),
            (w * 0.7, top),
            (w * 0.8, top * 0.4),
            (w * 1.7, 0),
            (-w * 1.7, 0),
            (-w * 0.8, top * 0.4),
        ),
        steps=5,
    )
    pen.solid(trunk, _BARK, 0.26)


def _tuft(pen: Pen, x: float, y: float, r: float, colour: Colour) -> None:
    leaves = scallops(x, y, r, r * 0.92, 9, 0.06)
    pen.solid(leaves, colour, 0.2)
    pen.glow(x - 0.28 * r, y - 0.32 * r, 0.7 * r, 0.62 * r, lit(colour, 0.6), 0.5, within=leaves)


def _leafy(pen: Pen, look: Look) -> None:
    colour = look.colours[0]
    _trunk(pen, -0.5, 0.12)
    pen.line(((0, -0.3), (0.16, -0.46)), 0.045, _BARK)
    for x, y, r, shade in ((0.24, -0.5, 0.2, 0.22), (-0.25, -0.5, 0.21, 0.14),
                           (0.18, -0.72, 0.22, 0.1),
                           (-0.16, -0.74, 0.23, 0.0), (0.0, -0.56, 0.24, 0.05)):  # fmt: skip
        _tuft(pen, x, y, r, shaded(colour, shade))
    rng = look.rng()
    for x, y in zip(rng.uniform(-0.28, 0.28, 9), rng.uniform(-0.84, -0.42, 9), strict=True):
        pen.dot(x, y, 0.018, lit(colour, 0.5))


def _fir(pen: Pen, look: Look) -> None:
    colour = look.colours[0]
    _trunk(pen, -0.2, 0.1)
    for top, brim, half in ((-0.56, -0.12, 0.36), (-0.78, -0.36, 0.29), (-1.0, -0.6, 0.21)):
        h = brim - top
        flank = ((0.0, top), (half * 0.45, top + 0.55 * h), (half, brim))
        skirt = ((half * 0.5, brim - 0.05 * h), (0.0, brim + 0.05 * h))
        tier = smooth(mirrored((*flank, *skirt)), steps=4)
        pen.solid(tier, shaded(colour, 0.12), 0.26)
        pen.glow(half * 0.3, brim, half, 0.14, shaded(colour, 0.8), 0.35, within=tier)


def _slender(pen: Pen, look: Look) -> None:
    colour = HUES[look.seed % 3]
    _trunk(pen, -0.2, 0.08)
    for y, half in (
        (-0.2, 0.14),
        (-0.34, 0.175),
        (-0.5, 0.175),
        (-0.66, 0.145),
        (-0.8, 0.105),
        (-0.87, 0.07),
    ):
        leaves = scallops(0, y, half, 0.13, 7, 0.08)
        pen.solid(leaves, shaded(colour, 0.1), 0.16)
    crown = smooth(
        (
            (0, -1.0),
            (0.1, -0.78),
            (0.15, -0.42),
            (0.1, -0.18),
            (0, -0.12),
            (-0.1, -0.18),
            (-0.15, -0.42),
            (-0.1, -0.78),
        )
    )
    pen.solid(crown, colour, 0.2)
    pen.glow(-0.07, -0.6, 0.1, 0.36, lit(colour, 0.6), 0.6, within=crown)
    rng = look.rng()
    for x, y in zip(rng.uniform(-0.1, 0.1, 12), rng.uniform(-0.8, -0.2, 12), strict=True):
        pen.line(((x, y), (x + 0.015, y - 0.05)), 0.014, shaded(colour, 0.28))


def _palm(pen: Pen, look: Look) -> None:
    colour = (88, 158, 92) if look.seed % 3 else look.colours[0]
    pen.solid(
        ribbon(((0.04, 0), (-0.02, -0.25), (0.02, -0.5), (0.12, -0.74)), 0.11, 0.06), _BARK, 0.24
    )
    for y in (-0.12, -0.24, -0.36, -0.48):
        pen.line(((-0.04 + (y < -0.4) * 0.03, y), (0.04, y - 0.01)), 0.014, shaded(_BARK, 0.3))
    for degrees, reach in (
        (-160, 0.42),
        (-20, 0.42),
        (165, 0.38),
        (12, 0.38),
        (-125, 0.36),
        (-55, 0.36),
    ):
        pen.solid(
            smooth(_frond(0.12, -0.75, degrees, reach), steps=5),
            shaded(colour, 0.1 if degrees > 0 else 0),
            0.24,
        )
    for x in (0.07, 0.16):
        pen.dot(x, -0.7, 0.035, (132, 84, 54))


def _frond(x: float, y: float, degrees: float, reach: float) -> Points:
    turn = np.radians(degrees)
    tip = (x + reach * float(np.cos(turn)), y + reach * float(np.sin(turn)) * 0.6 + 0.16)
    peak = (x + 0.55 * reach * float(np.cos(turn)), y + reach * float(np.sin(turn)) * 0.62 - 0.03)
    return ((x, y), peak, tip, (peak[0], peak[1] + 0.1))


def _round(pen: Pen, look: Look) -> None:
    colour = look.colours[0]
    _trunk(pen, -0.46, 0.075)
    crown = ellipse(0, -0.68, 0.32, 0.32)
    pen.solid(crown, colour, 0.26)
    pen.glow(0.1, -0.5, 0.3, 0.24, shaded(colour, 0.8), 0.35, within=crown)
    pen.glow(-0.12, -0.8, 0.2, 0.18, lit(colour, 0.6), 0.6, within=crown)
    pen.line(((0, -0.44), (0, -0.62)), 0.028, shaded(_BARK, 0.1))
    pen.line(((0, -0.54), (0.09, -0.62)), 0.02, shaded(_BARK, 0.1))
    rng = look.rng()
    for x, y in zip(rng.uniform(-0.2, 0.2, 10), rng.uniform(-0.88, -0.5, 10), strict=True):
        pen.line(((x - 0.02, y), (x, y - 0.015), (x + 0.02, y)), 0.014, shaded(colour, 0.25))


VARIANTS = (
    Variant("leafy", _leafy, ("ground",), 0.5, (0.44, 0.82), 2),
    Variant("fir", _fir, ("ground",), 0.5, (0.44, 0.84), 2),
    Variant("slender", _slender, ("ground",), 0.34, (0.5, 0.84), 2),
    Variant("palm", _palm, ("ground",), 0.5, (0.48, 0.82), 4),
    Variant("round", _round, ("ground",), 0.4, (0.4, 0.74), 3),
)
