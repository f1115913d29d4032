"""The content of one section of the results."""

from dataclasses import dataclass, field
from typing import Any

from matplotlib.figure import Figure

from analysis.report.style import inline_svg
from analysis.report.tables import Table


@dataclass(frozen=True)
class Illustration:
    """A figure with its caption and its text alternative."""

    # Stem of its files, such as `figure_scores`.
    name: str
    caption: str
    text_alternative: str
    figure: Figure

    def _repr_html_(self) -> str:
        return inline_svg(self.figure, self.text_alternative)


@dataclass(frozen=True)
class Section:
    """One section: prose, tables and figures for the report, numbers for results.json."""

    title: str
    paragraphs: list[str] = field(default_factory=list)
    tables: list[Table] = field(default_factory=list)
    figures: list[Illustration] = field(default_factory=list)
    # Shown in a frame, where a reader could otherwise be misled.
    warnings: list[str] = field(default_factory=list)
    # Whether it belongs to the appendix: what a reader looks up, not what they read first.
    is_detail: bool = False
    # Name -> text of files beside the report for what it must not print.
    attachments: dict[str, str] = field(default_factory=dict)
    # Merged into results.json; every key belongs to one section.
    numbers: dict[str, Any] = field(default_factory=dict)

    @property
    def anchor(self) -> str:
        """The part of an address that leads to it."""
        kept = "".join(letter if letter.isalnum() else " " for letter in self.title.lower())
        return "-".join(kept.split())
