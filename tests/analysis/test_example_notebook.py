"""The example notebook runs from top to bottom and prints what the page shows."""

import contextlib
import io
import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "guides" / "notebook.md"
CELL = re.compile(r"```python\n(.*?)```\n(?:\n```text\n(.*?)```)?", flags=re.DOTALL)


def run(page):
    """Each cell with what the page shows and what it prints, in one namespace."""
    names = {}
    for number, (code, shown) in enumerate(CELL.findall(page), start=1):
        printed = io.StringIO()
        with contextlib.redirect_stdout(printed):
            exec(compile(code, f"cell {number}", "exec"), names)  # noqa: S102 - our own page
        yield number, shown, printed.getvalue()


def lines(text):
    return [line.rstrip() for line in text.splitlines()]


def test_every_cell_prints_what_the_page_shows(monkeypatch):
    monkeypatch.chdir(ROOT)
    cells = list(run(PAGE.read_text(encoding="utf-8")))
    assert len(cells) == PAGE.read_text(encoding="utf-8").count("```python") >= 7
    for number, shown, printed in cells:
        assert lines(printed) == lines(shown), f"cell {number}"
