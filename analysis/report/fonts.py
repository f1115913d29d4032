"""Fonts in PDF files: cut to the usual letters, once for all figures.

matplotlib cuts them for each figure, which takes most of the time of writing one, and has no
setting for it.
"""

import logging
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from functools import lru_cache
from typing import Any

from fontTools.subset import Options
from matplotlib.backends import _backend_pdf_ps as embedding
from matplotlib.ft2font import FT2Font

# It reports each step of embedding a font.
logging.getLogger("fontTools").setLevel(logging.WARNING)

# Tables of a font that place letters. In a PDF they are placed already.
PLACING = ("GDEF", "GPOS", "GSUB", "MATH", "kern")
# What figures write, as a rule; the fonts of a figure with other letters are cut for it alone.
USUAL = frozenset(map(chr, (*range(0x20, 0x7F), *range(0xC0, 0x100)))) | set("−–’“”…±×·²δ≠")
_cut_for_figure = embedding.get_glyphs_subset


@contextmanager
def shared_fonts() -> Iterator[None]:
    """Embed the same cut of a font in every PDF that is written inside."""
    usual = Options._drop_tables_default
    Options._drop_tables_default = [*usual, *PLACING]
    embedding.get_glyphs_subset = _cut
    try:
        yield
    finally:
        Options._drop_tables_default = usual
        embedding.get_glyphs_subset = _cut_for_figure


def _cut(fontfile: Any, glyphs: set[Any]) -> AbstractContextManager[embedding.SubsetResults]:
    wanted, _, font = _usual_cut(fontfile)
    if wanted.issuperset(glyphs):
        return nullcontext(font)
    return _cut_for_figure(fontfile, glyphs)


@lru_cache(maxsize=8)
def _usual_cut(
    file: Any,
) -> tuple[frozenset[int], AbstractContextManager[Any], embedding.SubsetResults]:
    """The numbers of the usual letters in a font, and the font cut to them, which stays open."""
    numbers = FT2Font(file).get_charmap()
    wanted = frozenset(numbers[ord(each)] for each in USUAL if ord(each) in numbers)
    opened = _cut_for_figure(file, set(wanted))
    return wanted, opened, opened.__enter__()
