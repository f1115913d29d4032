"""How many squares are inside each other: three to six."""

from random import Random

from django.utils.translation import gettext_noop

from surveys.participation.shown.visual.drawing import SIDE, Drawing, Kind, Stroke

COUNTS = range(3, 7)
# Half the side of the outermost square, and how much less that of the next one is, in pixels.
OUTERMOST, STEP = (140, 155), (20, 25)
# How far from the middle of the one around it a square may lie, so that they do not touch.
OFF = 6


def draw(random: Random) -> Drawing:
    """Draw the squares from the outermost inwards."""
    n = random.choice(COUNTS)
    x = y = SIDE / 2
    half = random.uniform(*OUTERMOST)
    strokes = []
    for _ in range(n):
        left, right, top, bottom = x - half, x + half, y - half, y + half
        # The first side twice, so that the last corner is drawn as the others are.
        corners = ((left, top), (right, top), (right, bottom), (left, bottom))
        strokes.append(Stroke((*corners, *corners[:2]), width=3))
        half -= random.uniform(*STEP)
        x, y = x + random.uniform(-OFF, OFF), y + random.uniform(-OFF, OFF)
    return Drawing(str(n), tuple(strokes))


SQUARES = Kind(
    "squares",
    gettext_noop("How many squares are there, counting the outermost one?"),
    gettext_noop("Squares inside each other"),
    tuple((str(n), str(n)) for n in COUNTS),
    draw,
)
