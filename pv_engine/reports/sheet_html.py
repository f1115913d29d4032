"""Renders a sheet as one HTML page with embedded pictures."""

import base64
import io
from html import escape

from PIL import Image

from pv_engine.reports.quality_tables import MeasureTable
from pv_engine.reports.sheet import Card, Sheet, SheetSection, Shown

STYLE = """
:root { color-scheme: light dark; --ink: #1c2430; --soft: #5b6675; --line: #dfe4ea;
  --page: #f5f6f8; --card: #fff; }
@media (prefers-color-scheme: dark) { :root { --ink: #e8ebef; --soft: #9aa5b3; --line: #353d48;
  --page: #14181d; --card: #1d232b; } }
* { box-sizing: border-box; }
body { margin: 0 auto; padding: 2rem; max-width: 1680px; background: var(--page); color: var(--ink);
  font: 15px/1.45 system-ui, sans-serif; }
h1 { margin: 0 0 .25rem; font-size: 1.6rem; }
h2 { margin: 2.25rem 0 .75rem; font-size: 1.15rem; }
h2 span, .about, figcaption, dt { color: var(--soft); font-weight: normal; }
.about { margin: 0; max-width: 70em; }
.cards { display: grid; gap: 1rem;
  grid-template-columns: repeat(auto-fill, minmax(min(100%, var(--card-width)), 1fr)); }
article { padding: .9rem; border: 1px solid var(--line); border-radius: 8px;
  background: var(--card); break-inside: avoid; }
h3 { margin: 0 0 .5rem; font-size: .95rem; }
.pictures { display: grid; gap: .5rem; grid-auto-flow: column; grid-auto-columns: minmax(0, 1fr); }
figure { margin: 0; }
figure img { display: block; width: 100%; height: auto; border: 1px solid var(--line); }
figcaption { margin-top: .2rem; font-size: .8rem; overflow-wrap: anywhere; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .1rem .75rem;
  margin: .6rem 0 0; font-size: .9rem; }
dd { margin: 0; }
.wide { overflow-x: auto; }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; }
th, td { padding: .3rem .8rem; border-bottom: 1px solid var(--line); text-align: right;
  white-space: pre; }
th:first-child, td:first-child { padding-left: 0; text-align: left; }
th { color: var(--soft); font-weight: 600; }
"""


def as_html(sheet: Sheet) -> str:
    """Return the page; all texts are escaped."""
    pictures = max(
        (len(card.pictures) for part in sheet.sections for card in part.cards), default=1
    )
    body = "\n".join([*map(_section, sheet.sections), *(_table(table) for table in sheet.tables)])
    title = escape(sheet.title)
    return f"""<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<style>{STYLE}</style>
<body style="--card-width: {pictures * (sheet.side + 20)}px">
<h1>{title}</h1>
<p class="about">{escape(sheet.about)}</p>
{body}
</body>
</html>
"""


def _section(section: SheetSection) -> str:
    cards = "\n".join(map(_card, section.cards))
    count = f"<span>{len(section.cards)}</span>"
    return f'<h2>{escape(section.heading)} {count}</h2>\n<div class="cards">\n{cards}\n</div>'


def _card(card: Card) -> str:
    figures = "".join(_figure(card.name, shown) for shown in card.pictures)
    lines = "".join(
        f"<dt>{escape(term)}</dt><dd>{escape(words)}</dd>" for term, words in card.lines
    )
    return (
        f'<article><h3>{escape(card.name)}</h3><div class="pictures">{figures}</div>'
        f"<dl>{lines}</dl></article>"
    )


def _figure(name: str, shown: Shown) -> str:
    label = escape(shown.label)
    return (
        f'<figure><img src="{_data_address(shown.picture)}" alt="{escape(name)}, {label}">'
        f"<figcaption>{label}</figcaption></figure>"
    )


def _data_address(picture: Image.Image) -> str:
    buffer = io.BytesIO()
    picture.save(buffer, "WEBP", quality=90)
    return f"data:image/webp;base64,{base64.b64encode(buffer.getvalue()).decode()}"


def _table(table: MeasureTable) -> str:
    head = "".join(f"<th>{escape(cell)}</th>" for cell in table.headings)
    rows = "".join(
        f"<tr>{''.join(f'<td>{escape(cell)}</td>' for cell in row)}</tr>" for row in table.rows
    )
    return (
        f'<h2>{escape(table.title)}</h2>\n<div class="wide"><table><thead><tr>{head}</tr></thead>'
        f"<tbody>{rows}</tbody></table></div>"
    )
