"""Settings without a sky: a table, a room, a studio and the sea from below."""

import numpy as np

from pv_engine.data.scenes.backdrop import Easel
from pv_engine.data.scenes.colours import (
    ACCENTS,
    BLUSH,
    CREAM,
    NAVY,
    SAGE,
    SKY,
    TEAL,
    WHITE,
    Colour,
    lit,
    mix,
    shaded,
)  # fmt: skip
from pv_engine.data.scenes.geometry import blob, box, ellipse, polygon, ribbon

_WALLS: tuple[Colour, ...] = (
    (232, 218, 194), (202, 218, 206), (238, 208, 196), (196, 212, 226), (224, 208, 224),
    (108, 132, 140),
)  # fmt: skip
_WOODS: tuple[Colour, ...] = ((196, 146, 100), (168, 116, 80), (222, 182, 136), (130, 90, 70))


def table(easel: Easel) -> None:
    _wall(easel)
    _picture(easel)
    horizon = easel.horizon
    wood = easel.pick(_WOODS)
    easel.wash(horizon, 1.0, lit(wood, 0.2), shaded(wood, 0.12))
    for x, y in easel.scatter(14, horizon + 0.03, 0.98):
        reach = float(easel.rng.uniform(0.06, 0.2))
        easel.pen.line(((x - reach, y), (x, y + 0.004), (x + reach, y)), 0.003, shaded(wood, 0.18))
    easel.pen.flat(box(0, horizon - 0.004, 1, horizon + 0.008), lit(wood, 0.45))
    if easel.rng.random() < 0.4:
        cloth = lit(easel.pick(ACCENTS), 0.45)
        easel.pen.fill(
            polygon(((0.1, horizon + 0.03), (0.9, horizon + 0.03), (1.06, 1.01), (-0.06, 1.01))),
            lit(cloth),
            cloth,
        )
        for x in (0.26, 0.42, 0.58, 0.74):
            easel.pen.line(
                ((x, horizon + 0.03), (x + (x - 0.5) * 0.42, 1.0)), 0.012, lit(cloth, 0.55)
            )


def room(easel: Easel) -> None:
    _wall(easel)
    _picture(easel)
    horizon = easel.horizon
    wood = easel.pick(_WOODS)
    easel.wash(horizon, 1.0, shaded(wood, 0.05), lit(wood, 0.2))
    for x in np.linspace(-0.6, 1.6, 15):
        easel.pen.line(
            ((0.5 + (x - 0.5) * 0.6, horizon), (float(x), 1.0)), 0.004, shaded(wood, 0.22)
        )
    easel.pen.fill(box(0, horizon - 0.05, 1, horizon), lit(WHITE, 0.2), (208, 202, 200), 0.0)
    if easel.rng.random() < 0.65:
        rug = lit(easel.pick(ACCENTS), 0.2)
        x = float(easel.rng.uniform(0.35, 0.65))
        for reach, tone in ((1.0, rug), (0.84, lit(rug, 0.55)), (0.74, rug), (0.4, lit(rug, 0.35))):
            easel.pen.flat(ellipse(x, horizon + 0.2, 0.42 * reach, 0.12 * reach), tone)


def studio(easel: Easel) -> None:
    tone = lit(easel.pick((CREAM, SAGE, BLUSH, SKY, TEAL, NAVY, (180, 176, 190))), 0.25)
    easel.wash(0, easel.horizon, shaded(tone, 0.1), lit(tone, 0.3))
    easel.wash(easel.horizon - 0.004, 1.0, lit(tone, 0.4), shaded(tone, 0.12))
    easel.pen.glow(0.4, 0.4, 0.6, 0.5, WHITE, 0.35)


def underwater(easel: Easel) -> None:
    upper, lower = easel.pick(
        (
            ((92, 198, 212), (18, 84, 130)),
            ((84, 180, 200), (30, 66, 120)),
            ((120, 206, 196), (24, 100, 118)),
        )
    )
    easel.wash(0, 1.0, upper, lower)
    for _ in range(4):
        x, width = easel.rng.uniform(-0.1, 1.0), easel.rng.uniform(0.05, 0.13)
        ray = polygon(
            ((x, -0.01), (x + width, -0.01), (x + width * 2.2 - 0.3, 0.95), (x - 0.42, 0.95))
        )
        easel.pen.veil(ray, (226, 250, 244), 0.1)
    easel.ridge(
        easel.horizon + 0.06,
        0.16,
        mix(lower, upper, 0.3),
        mix(lower, upper, 0.15),
        easel.horizon + 0.2,
    )
    sand = mix((222, 200, 152), lower, 0.25)
    easel.ridge(easel.horizon + 0.14, 0.06, lit(sand, 0.15), shaded(sand, 0.3))
    for x, y in easel.scatter(5, easel.horizon + 0.1, 0.99):
        _coral(easel, x, y)
    for _ in range(7):
        x, y, r = (
            easel.rng.uniform(0, 1),
            easel.rng.uniform(0.05, 0.75),
            easel.rng.uniform(0.005, 0.014),
        )
        easel.pen.veil(ellipse(x, y, r, r), (232, 250, 250), 0.45)
        easel.pen.dot(x - r * 0.3, y - r * 0.3, r * 0.25, WHITE)


def _coral(easel: Easel, x: float, y: float) -> None:
    tone = mix(
        easel.pick(((226, 112, 106), (232, 160, 96), (150, 110, 170), (80, 150, 120))),
        (30, 80, 130),
        0.25,
    )
    size = float(easel.rng.uniform(0.05, 0.11))
    if easel.rng.random() < 0.4:
        easel.pen.solid(
            blob(x, y - size * 0.2, size * 0.8, size * 0.45, easel.rng),
            mix(tone, (120, 130, 140), 0.6),
            0.25,
        )
        return
    for lean in (-0.6, -0.2, 0.25, 0.65):
        tip = (x + lean * size, y - size * (1.2 - abs(lean) * 0.5))
        easel.pen.solid(
            ribbon(
                ((x, y), (x + lean * size * 0.7, y - size * 0.5), tip), size * 0.22, size * 0.14
            ),
            tone,
            0.2,
        )


def _wall(easel: Easel) -> None:
    paint = easel.pick(_WALLS)
    easel.wash(0, easel.horizon, lit(paint, 0.12), shaded(paint, 0.1))
    pattern = easel.pick(("plain", "stripes", "dots", "panels"))
    tone = lit(paint, 0.22)
    if pattern == "stripes":
        for x in np.arange(0.02, 1.0, 0.1):
            easel.pen.veil(box(float(x), 0, float(x) + 0.045, easel.horizon), tone, 0.5)
    elif pattern == "dots":
        for row in range(int(easel.horizon / 0.09)):
            for column in range(11):
                easel.pen.dot((column + 0.5 * (row % 2)) * 0.1, 0.04 + row * 0.09, 0.008, tone)
    elif pattern == "panels":
        for x in (-0.06, 0.26, 0.58, 0.9):
            easel.pen.line(box(x, 0.1, x + 0.26, easel.horizon - 0.1)[[0, 1, 2, 3, 0]], 0.006, tone)


def _picture(easel: Easel) -> None:
    """A window or a framed print on the wall, or nothing."""
    choice = easel.rng.random()
    x, y = float(easel.rng.uniform(0.05, 0.7)), float(easel.rng.uniform(0.06, 0.16))
    if choice < 0.3:
        easel.pen.flat(box(x - 0.015, y - 0.015, x + 0.275, y + 0.295), WHITE)
        easel.pen.fill(box(x, y, x + 0.26, y + 0.28), (138, 196, 226), (222, 238, 236))
        easel.pen.line(((x + 0.13, y), (x + 0.13, y + 0.28)), 0.014, WHITE)
        easel.pen.line(((x, y + 0.14), (x + 0.26, y + 0.14)), 0.014, WHITE)
        easel.pen.flat(box(x - 0.03, y + 0.29, x + 0.29, y + 0.315), lit(WHITE, 0.1))
    elif choice < 0.6:
        tone = lit(easel.pick(ACCENTS), 0.35)
        easel.pen.glow(x + 0.11, y + 0.15, 0.18, 0.2, (44, 34, 84), 0.3)
        easel.pen.solid(box(x, y, x + 0.2, y + 0.25), easel.pick(_WOODS), 0.2)
        easel.pen.flat(box(x + 0.015, y + 0.015, x + 0.185, y + 0.235), lit(CREAM, 0.4))
        easel.pen.fill(
            box(x + 0.035, y + 0.04, x + 0.165, y + 0.21), lit(tone, 0.4), shaded(tone, 0.1)
        )
        easel.pen.flat(
            polygon(((x + 0.035, y + 0.21), (x + 0.09, y + 0.11), (x + 0.165, y + 0.21))),
            shaded(tone, 0.25),
        )
