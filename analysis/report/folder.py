"""Writes a results folder, whole or not at all."""

import json
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from analysis.errors import OutputError, reason
from analysis.report.html import render_report
from analysis.report.results import Results, results_json
from analysis.report.style import save_figure
from analysis.report.tables import Table, to_csv, to_latex, to_markdown

# A folder with this file was written here and may be replaced.
RESULTS_MARK = "results.json"
TABLE_WRITERS = {"csv": to_csv, "md": to_markdown, "tex": to_latex}
FIGURE_KINDS = ("svg", "png", "pdf")


def require_writable(folder: Path, mark: str = RESULTS_MARK) -> None:
    """Refuse a folder with files other than earlier results."""
    if folder.exists() and not folder.is_dir():
        raise OutputError(f"{folder} is a file; --out must name a folder.")
    if folder.is_dir() and any(folder.iterdir()) and not (folder / mark).is_file():
        raise OutputError(
            f"{folder} has files that are not results; --out must name a new folder, an empty one,"
            " or one with earlier results."
        )


@contextmanager
def replace_folder(folder: Path, mark: str = RESULTS_MARK) -> Iterator[Path]:
    """Yield a new folder, which replaces `folder` when the block ends without an error.

    Raises OutputError where the folder has other files or cannot be written.
    """
    require_writable(folder, mark)
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        scratch = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
    except OSError as error:
        raise OutputError(f"{folder} cannot be written: {reason(error)}.") from error
    try:
        (scratch / "new").mkdir()
        yield scratch / "new"
        if folder.exists():
            folder.rename(scratch / "old")
        (scratch / "new").rename(folder)
    except OSError as error:
        raise OutputError(f"{folder} cannot be written: {reason(error)}.") from error
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


def _marked(results: Results) -> list[Table]:
    """The tables, with simulated or edited data stated in each note."""
    study = results.study
    marks = []
    if study.n_simulated:
        share = f"{study.n_simulated} of {study.n_participants}"
        marks.append(f"SIMULATED DATA: {share} participants are simulated.")
    if study.edits:
        marks.append("EDITED DATA: not as they were exported.")
    return [replace(table, note=" ".join([table.note, *marks]).strip()) for table in results.tables]


def write_results(results: Results, folder: Path) -> None:
    """Write results.json, report.html, tables, figures and attachments, replacing `folder`."""
    with replace_folder(folder) as fresh:
        text = json.dumps(results_json(results), indent=2, ensure_ascii=False, allow_nan=False)
        (fresh / RESULTS_MARK).write_text(text + "\n", encoding="utf-8")
        (fresh / "report.html").write_text(render_report(results), encoding="utf-8")
        for table in _marked(results):
            for kind, write in TABLE_WRITERS.items():
                (fresh / f"{table.name}.{kind}").write_text(write(table), encoding="utf-8")
        for name, text in results.attachments.items():
            (fresh / name).write_text(text, encoding="utf-8")
        for illustration in results.figures:
            for kind in FIGURE_KINDS:
                content = save_figure(illustration.figure, kind)
                (fresh / f"{illustration.name}.{kind}").write_bytes(content)
