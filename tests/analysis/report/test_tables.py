"""Tables as CSV, Markdown and LaTeX."""

import io
from itertools import chain
from pathlib import Path

import pandas as pd
import pytest

from analysis.report import tables
from analysis.report.tables import Table, latex, to_csv, to_latex, to_markdown


@pytest.fixture
def table() -> Table:
    numbers = pd.DataFrame({"condition": ["a_b"], "mean": [1 / 3]})
    text = pd.DataFrame({"Condition": ["a_b"], "Mean (%)": ["33.3 ± 1.0"]})
    return Table("table_x", "50 % & more", numbers, text, "n < 3")


def test_csv_keeps_every_digit(table):
    read = pd.read_csv(io.StringIO(to_csv(table)))
    assert read["mean"].iloc[0] == 1 / 3


def test_markdown_is_a_pipe_table(table):
    assert "| a_b | 33.3 ± 1.0 |\n\nn < 3\n" in to_markdown(table)
    assert "|:--|--:|" in to_markdown(table)


def test_latex_escapes_what_it_would_misread(table):
    text = to_latex(table)
    assert r"\caption{50 \% \& more}" in text
    assert r"a\_b & 33.3 $\pm$ 1.0 \\" in text
    assert text.count(r"\toprule") == text.count(r"\bottomrule") == 1


def test_latex_raises_and_lowers_whole_runs():
    assert latex("H₁: 10⁻¹¹") == "H$_{1}$: 10$^{-11}$"


def test_every_sign_that_the_report_writes_itself_is_one_that_latex_can_set():
    # What inputenc and textcomp, which are always there, can set.
    known = set("“”¼±–…")
    # In figures alone.
    drawn = set("○─")
    folder = Path(tables.__file__).parent
    files = chain(folder.glob("sections/**/*.py"), [folder / "numbers.py"])
    texts = [file.read_text() for file in files]
    strange = {sign for sign in latex("".join(texts)) if not sign.isascii()} - known - drawn
    assert not strange
