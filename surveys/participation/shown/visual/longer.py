"""Which of two lines with arrowheads is longer: an altered Müller-Lyer figure.

In the known illusion, lines of one length look different; here their lengths differ, by more than
arrowheads can hide. They are never of one length: under the illusion, people would then be wrong.
"""

from random import Random

from django.utils.translation import gettext_noop

from surveys.participation.shown.visual.drawing import SIDE, Drawing, Kind, Stroke

HEIGHTS = (115, 245)
# Lengths in pixels, how many times longer the longer one is, and how far off the middle they are.
SHORTER, TIMES, OFF = (110, 135), (1.5, 1.7), 12
# How far an arrowhead reaches along the line, and away from it.
HEAD = 18


def draw(random: Random) -> Drawing:
    """Draw two lines: the arrowheads of one reach beyond its ends, those of the other back."""
    is_upper_longer, is_upper_outward = random.random() < 0.5, random.random() < 0.5
    short = random.uniform(*SHORTER)
    lengths = [short, short * random.uniform(*TIMES)]
    if is_upper_longer:
        lengths.reverse()
    strokes: list[Stroke] = []
    for y, length, outward in zip(
        HEIGHTS, lengths, (is_upper_outward, not is_upper_outward), strict=True
    ):
        middle = SIDE / 2 + random.uniform(-OFF, OFF)
        strokes += _line(middle - length / 2, middle + length / 2, y, HEAD if outward else -HEAD)
    return Drawing("upper" if is_upper_longer else "lower", tuple(strokes))


def _line(left: float, right: float, y: float, reach: float) -> list[Stroke]:
    """The line, and at its ends arrowheads that reach beyond it, or back if negative."""
    ends = [(left, left - reach), (right, right + reach)]
    heads = [Stroke(((tip, y - HEAD), (end, y), (tip, y + HEAD))) for end, tip in ends]
    return [Stroke(((left, y), (right, y))), *heads]


LONGER = Kind(
    "longer",
    gettext_noop("Which horizontal line is longer, without the arrowheads at its ends?"),
    gettext_noop("Two horizontal lines, one above the other, with arrowheads at their ends"),
    (
        ("upper", gettext_noop("The upper one")),
        ("lower", gettext_noop("The lower one")),
        ("equal", gettext_noop("Both are equally long")),
    ),
    draw,
)
