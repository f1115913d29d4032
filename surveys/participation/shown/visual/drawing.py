"""What a visual check is: strokes on a white square, a question, and one right answer."""

from collections.abc import Callable
from dataclasses import dataclass
from io import BytesIO
from random import Random

from PIL import Image, ImageDraw

# In pixels. Nothing is drawn outside the margin.
SIDE, MARGIN = 360, 20
# Drawn larger and made smaller, so that edges are smooth.
SCALE = 3
DARK, BLUE, ORANGE = "#26292e", "#1d4f9f", "#c85a00"

Point = tuple[float, float]


@dataclass(frozen=True)
class Stroke:
    """A broken line through two points or more, in pixels from the upper left corner."""

    points: tuple[Point, ...]
    colour: str = DARK
    width: int = 4


@dataclass(frozen=True)
class Drawing:
    """What is drawn, and the choice that is right for it."""

    answer: str
    strokes: tuple[Stroke, ...]


@dataclass(frozen=True)
class Kind:
    """A kind of visual check. Its texts are translated where they are shown."""

    name: str
    question: str
    # For screen readers; it does not give the answer away.
    alternative: str
    # What can be chosen, as stored, and as shown.
    choices: tuple[tuple[str, str], ...]
    draw: Callable[[Random], Drawing]


def paint(drawing: Drawing) -> bytes:
    """Return the drawing as a PNG file of `SIDE` by `SIDE` pixels.

    It is no SVG, whose coordinates a program could read as text.
    """
    image = Image.new("RGB", (SIDE * SCALE, SIDE * SCALE), "white")
    canvas = ImageDraw.Draw(image)
    for stroke in drawing.strokes:
        points = [(x * SCALE, y * SCALE) for x, y in stroke.points]
        canvas.line(points, fill=stroke.colour, width=stroke.width * SCALE, joint="curve")
    file = BytesIO()
    image.reduce(SCALE).save(file, "PNG")
    return file.getvalue()
