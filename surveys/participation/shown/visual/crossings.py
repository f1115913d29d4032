"""How often two broken lines cross: from no time to three times."""

from random import Random

from django.utils.translation import gettext_noop

from surveys.participation.shown.visual.drawing import (
    BLUE,
    MARGIN,
    ORANGE,
    SIDE,
    Drawing,
    Kind,
    Point,
    Stroke,
)

# Both lines bend at the same places, from the left edge to the right one.
BENDS = (20, 127, 233, 340)
# How far apart they are there: enough that they never nearly touch without crossing.
NEAREST, FARTHEST = 70, 150


def draw(random: Random) -> Drawing:
    """Draw two lines; between two bends they cross where the upper one becomes the lower one."""
    n_spans = len(BENDS) - 1
    n_crossings = random.randint(0, n_spans)
    crossed = random.sample(range(n_spans), n_crossings)
    is_above = random.random() < 0.5
    first: list[Point] = []
    second: list[Point] = []
    for place, x in enumerate(BENDS):
        # Between the bend before and this one.
        is_above ^= place - 1 in crossed
        apart = random.uniform(NEAREST, FARTHEST)
        upper = random.uniform(MARGIN, SIDE - MARGIN - apart)
        (first if is_above else second).append((x, upper))
        (second if is_above else first).append((x, upper + apart))
    strokes = (Stroke(tuple(first), BLUE, 5), Stroke(tuple(second), ORANGE, 5))
    return Drawing(str(n_crossings), strokes)


CROSSINGS = Kind(
    "crossings",
    gettext_noop("How often do the two lines cross?"),
    gettext_noop("Two broken lines"),
    tuple((str(n), str(n)) for n in range(4)),
    draw,
)
