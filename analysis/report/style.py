"""The look of every figure, and figures as SVG, PNG and PDF bytes, the same on every run."""

import io
from typing import Any
from weakref import WeakKeyDictionary

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.backends.backend_pdf import FigureCanvasPdf
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure
from matplotlib.layout_engine import ConstrainedLayoutEngine

from analysis.report.fonts import shared_fonts

# Okabe and Ito's colours, which differ for every common kind of colour blindness; the hatching
# differs in black-and-white print.
COLOURS = ("#0072B2", "#E69F00", "#009E73", "#CC79A7", "#56B4E9", "#D55E00")
LINES = ("-", "--", "-.", ":")
HATCHES = ("", "////", "....", "xxxx", "\\\\\\\\", "++++")
STYLE: Any = {
    "font.family": "sans-serif",
    "font.sans-serif": ["DejaVu Sans"],
    "font.size": 9,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.edgecolor": "#545d6b",
    "axes.titlesize": 10,
    "axes.grid": True,
    "axes.grid.axis": "y",
    "axes.axisbelow": True,
    "grid.color": "#d9dde3",
    "grid.linewidth": 0.6,
    "hatch.linewidth": 0.6,
    "legend.frameon": False,
    "svg.fonttype": "path",
    # Without a salt, the ids inside an SVG are random.
    "svg.hashsalt": "foresee",
    "pdf.fonttype": 42,
}
# Of pictures, and of those inside drawings.
DPI = 200
# Of PNG files: pictures in figures take half as long as at the usual 6, and 3 % more room.
COMPRESSION = 4
# Asks a browser to scale a picture of full size without smoothing; letters in it become ragged.
PIXELATED = b' style="image-rendering:crisp-edges;image-rendering:pixelated"'
Panels = tuple[Figure, list[Axes]]
# Applies to artists made inside; decorates the function of a figure.
styled = mpl.rc_context(STYLE)


def panel_figure(width: float, height: float, columns: int = 1, sharey: bool = False) -> Panels:
    """Return a figure of `width` x `height` inches with `columns` panels side by side."""
    figure = Figure(figsize=(width, height), layout="constrained")
    FigureCanvasAgg(figure)
    axes = figure.subplots(1, columns, squeeze=False, sharey=sharey)[0]
    return figure, list(axes)


# A figure's SVG is both a file and a part of the report.
_drawn: WeakKeyDictionary[Figure, bytes] = WeakKeyDictionary()


def save_figure(figure: Figure, kind: str) -> bytes:
    """Return the figure as `svg`, `png` or `pdf`, undated: equal figures give equal bytes.

    A figure is drawn as SVG once, so what is added to it later is not seen.
    """
    if kind != "svg":
        return _draw(figure, kind)
    if figure not in _drawn:
        _drawn[figure] = _draw(figure, kind)
    return _drawn[figure]


def _draw(figure: Figure, kind: str) -> bytes:
    dated: dict[str, dict[str, Any]] = {
        "svg": {"Date": None},
        "pdf": {"CreationDate": None, "ModDate": None},
        "png": {},
    }
    buffer = io.BytesIO()
    with mpl.rc_context(STYLE), shared_fonts():
        engine = figure.get_layout_engine()
        if isinstance(engine, ConstrainedLayoutEngine):
            # Laid out once, not again for each format.
            engine.execute(figure)
            figure.set_layout_engine("none")
        figure.dpi = DPI
        # Not by `savefig`, which draws everything twice, the first time to lay it out.
        how = {"pil_kwargs": {"compress_level": COMPRESSION}} if kind == "png" else {}
        getattr(CANVASES[kind](figure), f"print_{kind}")(buffer, metadata=dated[kind], **how)
    return buffer.getvalue().replace(PIXELATED, b"")


# One canvas for each format; a figure's own stays the last that was made.
CANVASES: dict[str, Any] = {
    "svg": FigureCanvasSVG, "pdf": FigureCanvasPdf, "png": FigureCanvasAgg
}  # fmt: skip


def inline_svg(figure: Figure, label: str) -> str:
    """The figure as an SVG element for a page, `label` read out in its place."""
    text = save_figure(figure, "svg").decode()
    # The XML declaration and document type belong to a file of its own.
    element = text[text.index("<svg") :]
    escaped = label.replace("&", "&amp;").replace("<", "&lt;").replace('"', "&quot;")
    return element.replace("<svg ", f'<svg role="img" aria-label="{escaped}" ', 1)
