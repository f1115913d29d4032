"""Screenshots of questions, one for each condition."""

import io
from collections.abc import Mapping

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from PIL import Image

from analysis.report.style import styled

# Inches of the figure's width, of a heading, and between two screenshots.
WIDTH, HEADING, GAP = 7.2, 0.28, 0.15
# Screenshots in one column, large enough to read in print; more of them stand in two.
LARGE = 3
# Pixels across a screenshot in two columns; text can be read once it is enlarged.
SMALL = 960


@styled
def screen_panels(shots: Mapping[str, bytes]) -> Figure:
    """Return a figure of screenshots, each below its heading.

    Parameters
    ----------
    shots : mapping of str to bytes
        Heading -> picture file, at least one.

    Returns
    -------
    Figure
        One column of up to three, or two columns.
    """
    columns = 1 if len(shots) <= LARGE else 2
    pictures = {heading: _picture(file, columns) for heading, file in shots.items()}
    width = (WIDTH - GAP * (columns - 1)) / columns
    height = max(width * each.height / each.width for each in pictures.values())
    rows = -(-len(pictures) // columns)
    whole = rows * (HEADING + height + GAP)
    figure = Figure(figsize=(WIDTH, whole))
    FigureCanvasAgg(figure)
    for place, (heading, picture) in enumerate(pictures.items()):
        row, column = divmod(place, columns)
        left, top = column * (width + GAP), whole - row * (HEADING + height + GAP)
        own = width * picture.height / picture.width
        figure.text(left / WIDTH, (top - 0.2) / whole, heading, fontweight="bold", parse_math=False)
        bottom = top - HEADING - own
        axes = figure.add_axes((left / WIDTH, bottom / whole, width / WIDTH, own / whole))
        # In a vector format, with all its pixels.
        axes.imshow(np.asarray(picture), interpolation="none", aspect="auto")
        axes.set(xticks=[], yticks=[])
        for spine in axes.spines.values():
            spine.set(visible=True, color="#d9dde3", linewidth=0.6)
    return figure


def _picture(file: bytes, columns: int) -> Image.Image:
    picture = Image.open(io.BytesIO(file)).convert("RGB")
    if columns > 1:
        picture.thumbnail((SMALL, SMALL * picture.height), Image.Resampling.LANCZOS)
    return picture
