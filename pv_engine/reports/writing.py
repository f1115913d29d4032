"""Writes a sheet as an HTML page and as a PNG picture."""

from pathlib import Path

from pv_engine.data.atomic_files import write_atomically
from pv_engine.errors import ImageDataError
from pv_engine.reports.sheet import Sheet
from pv_engine.reports.sheet_html import as_html
from pv_engine.reports.sheet_png import as_png


def write_sheet(sheet: Sheet, out: Path, name: str) -> tuple[Path, Path]:
    """Write `<name>.html`, which is self-contained, and `<name>.png`; return both paths.

    Raises ImageDataError if the folder cannot be written.
    """
    html, png = out / f"{name}.html", out / f"{name}.png"
    try:
        write_atomically(html, as_html(sheet).encode())
        write_atomically(png, as_png(sheet))
    except OSError as error:
        raise ImageDataError(
            f"The sheet cannot be written to {out} ({error.strerror}); name another folder."
        ) from error
    return html, png
