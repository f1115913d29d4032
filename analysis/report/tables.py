"""Result tables: unrounded numbers for CSV, rounded text for Markdown, LaTeX and the report."""

from dataclasses import dataclass, field
from functools import cached_property
from itertools import groupby

import pandas as pd

# LaTeX's own characters, and those that its usual fonts lack.
LATEX = {
    "\\": r"\textbackslash{}",
    "&": r"\&",
    "%": r"\%",
    "$": r"\$",
    "#": r"\#",
    "_": r"\_",
    "{": r"\{",
    "}": r"\}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    "±": r"$\pm$",
    "−": "$-$",
    "–": "--",
    "×": r"$\times$",
    "<": "$<$",
    ">": "$>$",
    "≠": r"$\neq$",
    "≥": r"$\geq$",
    "≤": r"$\leq$",
    "α": r"$\alpha$",
    "δ": r"$\delta$",
    "ε": r"$\varepsilon$",
    "χ": r"$\chi$",
    "κ": r"$\kappa$",
    "′": "$'$",
    "→": r"$\rightarrow$",
    "’": "'",
    "\u202f": r"\,",
}
RAISED = dict(zip("⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "-0123456789", strict=True))
LOWERED = dict(zip("₀₁₂₃₄₅₆₇₈₉", "0123456789", strict=True))


@dataclass(frozen=True)
class Table:
    """One table of the results."""

    # Stem of its files, such as `table_accuracy`.
    name: str
    caption: str
    # Unrounded, one value per cell.
    numbers: pd.DataFrame
    # Rounded text; the first column names the row.
    text: pd.DataFrame
    note: str = ""
    # The number of leading columns of text, aligned to the left.
    text_columns: int = 1
    # Text of the first column -> pictures for the report, as (label, data URI).
    pictures: dict[str, list[tuple[str, str]]] = field(default_factory=dict)
    # Whether the report folds it; long tables always are.
    is_folded: bool = False

    @property
    def header(self) -> list[str]:
        return [str(name) for name in self.text.columns]

    @cached_property
    def rows(self) -> list[list[str]]:
        return [[str(cell) for cell in row] for row in self.text.itertuples(index=False)]

    @property
    def spans(self) -> list[int]:
        """For each row, the rows that its first cell spans; 0 where it repeats the one above.

        Cells span rows only where a second column of text distinguishes them.
        """
        if self.text_columns < 2 or self.pictures:
            return [1] * len(self.text)
        runs = [len(list(run)) for _, run in groupby(row[0] for row in self.rows)]
        return [size if place == 0 else 0 for size in runs for place in range(size)]

    @property
    def picture_labels(self) -> list[str]:
        return list(dict.fromkeys(label for row in self.pictures.values() for label, _ in row))

    @property
    def is_grouped(self) -> bool:
        return 0 in self.spans


def to_csv(table: Table) -> str:
    """The unrounded numbers, for programs."""
    return str(table.numbers.to_csv(index=False, lineterminator="\n"))


def to_markdown(table: Table) -> str:
    """A pipe table with its caption and note."""
    left = table.text_columns
    lines = [
        f"**{table.caption}**",
        "",
        _piped(table.header),
        "|" + "|".join([":--"] * left + ["--:"] * (len(table.header) - left)) + "|",
        *(_piped(row) for row in table.rows),
    ]
    if table.note:
        lines += ["", table.note]
    return "\n".join(lines) + "\n"


def _piped(cells: list[str]) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def to_latex(table: Table) -> str:
    """A booktabs table environment; the document needs only `\\usepackage{booktabs}`."""
    columns = "l" * table.text_columns + "r" * (len(table.header) - table.text_columns)
    body = [_latex_row(row) for row in table.rows]
    note = [rf"\par\smallskip\footnotesize {latex(table.note)}"] if table.note else []
    lines = [
        r"\begin{table}[htbp]",
        r"\centering",
        rf"\caption{{{latex(table.caption)}}}",
        rf"\label{{tab:{table.name.removeprefix('table_')}}}",
        rf"\begin{{tabular}}{{{columns}}}",
        r"\toprule",
        _latex_row(table.header),
        r"\midrule",
        *body,
        r"\bottomrule",
        r"\end{tabular}",
        *note,
        r"\end{table}",
    ]
    return "\n".join(lines) + "\n"


def _latex_row(cells: list[str]) -> str:
    return " & ".join(latex(cell) for cell in cells) + r" \\"


def latex(text: str) -> str:
    """Text with the characters escaped that LaTeX would misread."""
    runs = ["".join(run) for _, run in groupby(text, key=_level)]
    return "".join(_latex_run(run) for run in runs)


def _level(character: str) -> str:
    return "up" if character in RAISED else "down" if character in LOWERED else "line"


def _latex_run(run: str) -> str:
    level = _level(run[0])
    if level == "up":
        return "$^{" + "".join(RAISED[character] for character in run) + "}$"
    if level == "down":
        return "$_{" + "".join(LOWERED[character] for character in run) + "}$"
    return "".join(LATEX.get(character, character) for character in run)
