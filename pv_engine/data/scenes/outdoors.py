"""Settings under the sky: meadow, seaside, street, snow and desert."""

from pv_engine.data.scenes.backdrop import Easel
from pv_engine.data.scenes.colours import CREAM, GREY, WHITE, Colour, lit, mix, shaded
from pv_engine.data.scenes.geometry import blob, box, ellipse, polygon

_GREENS: tuple[Colour, ...] = ((134, 182, 96), (156, 190, 92), (112, 170, 108), (190, 182, 96))


def meadow(easel: Easel) -> None:
    haze = easel.sky()
    green, horizon = easel.pick(_GREENS), easel.horizon
    far = mix(green, haze, 0.6)
    easel.ridge(horizon + 0.02, 0.2, lit(far, 0.1), far, horizon + 0.1)
    easel.ridge(
        horizon + 0.04, 0.1, lit(mix(green, haze, 0.3)), mix(green, haze, 0.2), horizon + 0.12
    )
    easel.ridge(horizon + 0.06, 0.05, lit(green, 0.25), shaded(green, 0.25))
    for x, y in easel.scatter(34, horizon + 0.09, 1.0):
        s = 0.012 + 0.03 * (y - horizon)
        tone = mix(lit(green, 0.25), shaded(green, 0.3), float(easel.rng.random()))
        for lean in (-0.6, 0.0, 0.6):
            easel.pen.line(((x + lean * s * 0.4, y), (x + lean * s, y - s * 1.4)), 0.005, tone)
    _stones(easel, 2, horizon + 0.1)


def seaside(easel: Easel) -> None:
    haze = easel.sky()
    horizon = easel.horizon
    sea = mix(easel.pick(((38, 136, 166), (48, 156, 168), (44, 112, 160))), haze, 0.12)
    if easel.rng.random() < 0.6:
        easel.ridge(horizon + 0.03, 0.1, mix(sea, haze, 0.55), mix(sea, haze, 0.6), horizon + 0.1)
    easel.wash(horizon, 0.92, mix(sea, haze, 0.4), shaded(sea, 0.12))
    for x, y in easel.scatter(24, horizon + 0.02, 0.84):
        reach = 0.015 + 0.09 * (y - horizon)
        easel.pen.line(
            ((x - reach, y), (x, y - reach * 0.1), (x + reach, y)), 0.004, lit(sea, 0.45)
        )
    sand = easel.pick(((238, 214, 166), (230, 200, 152), (244, 224, 186)))
    shore = 0.84
    easel.ridge(shore + 0.012, 0.05, WHITE, lit(sea, 0.6), 0.95)
    easel.ridge(shore + 0.045, 0.045, lit(sand, 0.2), shaded(sand, 0.12))
    for x, y in easel.scatter(30, 0.9, 1.0):
        easel.pen.dot(x, y, 0.0026, shaded(sand, 0.2))


def street(easel: Easel) -> None:
    haze = easel.sky(clouds=True)
    horizon = easel.horizon
    brick = mix(
        easel.pick(((186, 110, 92), (204, 178, 148), (150, 144, 156), (128, 156, 158))), haze, 0.15
    )
    top = horizon - easel.pick((0.5, 0.34, 0.26))
    easel.wash(top, horizon, lit(brick, 0.15), shaded(brick, 0.16))
    rows = int((horizon - top) / 0.05)
    for row in range(rows + 1):
        y = top + row * 0.05
        easel.pen.line(((0, y), (1, y)), 0.004, lit(brick, 0.3))
        for column in range(9):
            x = (column + 0.5 * (row % 2)) / 8
            easel.pen.line(((x, y), (x, min(y + 0.05, horizon))), 0.004, lit(brick, 0.3))
    easel.pen.flat(box(0, top - 0.02, 1, top + 0.012), lit(GREY, 0.35))
    pavement = (206, 200, 196)
    easel.wash(horizon, horizon + 0.14, lit(pavement, 0.2), pavement)
    for x in (0.06, 0.3, 0.54, 0.78, 1.02):
        easel.pen.line(
            ((x, horizon), (x + (x - 0.5) * 0.2, horizon + 0.13)), 0.005, shaded(pavement, 0.16)
        )
    easel.wash(horizon + 0.14, horizon + 0.165, (232, 228, 222), (176, 172, 176))
    road = (112, 112, 126)
    easel.wash(horizon + 0.165, 1.0, shaded(road, 0.15), lit(road, 0.05))
    for x in (0.0, 0.36, 0.72):
        easel.pen.flat(
            polygon(((x, 0.955), (x + 0.2, 0.955), (x + 0.21, 0.985), (x - 0.01, 0.985))),
            (226, 220, 204),
        )


def snow(easel: Easel) -> None:
    haze = easel.sky(clouds=easel.rng.random() < 0.5)
    horizon = easel.horizon
    white: Colour = (240, 244, 250)
    easel.ridge(
        horizon + 0.02,
        0.26,
        mix((146, 164, 200), haze, 0.3),
        mix((186, 202, 226), haze, 0.5),
        horizon + 0.1,
    )
    easel.ridge(horizon + 0.04, 0.1, mix(white, haze, 0.2), (196, 212, 234), horizon + 0.13)
    easel.ridge(horizon + 0.07, 0.05, white, (198, 212, 236))
    for x, y in easel.scatter(8, horizon + 0.12, 1.0):
        easel.pen.glow(x, y, 0.16, 0.02, (150, 172, 214), 0.35)
    _stones(easel, 2, horizon + 0.12)
    if easel.rng.random() < 0.6:
        for x, y in easel.scatter(46, 0.0, 1.0):
            easel.pen.dot(x, y, float(easel.rng.uniform(0.002, 0.006)), WHITE)


def desert(easel: Easel) -> None:
    haze = easel.sky(clouds=easel.rng.random() < 0.4)
    horizon = easel.horizon
    sand = easel.pick(((228, 174, 112), (222, 158, 112), (236, 196, 134)))
    easel.ridge(
        horizon + 0.02,
        0.2,
        mix(shaded(sand, 0.25), haze, 0.45),
        mix(sand, haze, 0.5),
        horizon + 0.1,
    )
    easel.ridge(horizon + 0.04, 0.12, lit(sand, 0.25), shaded(sand, 0.1), horizon + 0.16)
    easel.ridge(horizon + 0.1, 0.07, lit(sand, 0.3), shaded(sand, 0.22))
    for x, y in easel.scatter(9, horizon + 0.15, 1.0):
        easel.pen.line(((x - 0.1, y), (x, y - 0.012), (x + 0.1, y)), 0.004, shaded(sand, 0.14))
    _stones(easel, 3, horizon + 0.12)


def _stones(easel: Easel, count: int, top: float) -> None:
    for x, y in easel.scatter(count, top, 0.98):
        size = 0.012 + 0.03 * float(easel.rng.random())
        tone = mix(GREY, CREAM, float(easel.rng.uniform(0.1, 0.6)))
        easel.pen.shadow(x + size * 0.4, y + size * 0.2, size * 1.7, size * 0.6, 0.35)
        easel.pen.solid(blob(x, y - size * 0.25, size, size * 0.6, easel.rng), tone, 0.28)
        easel.pen.flat(
            ellipse(x - size * 0.3, y - size * 0.5, size * 0.3, size * 0.12), lit(tone, 0.4)
        )
