"""Renders a sheet as one PNG picture: a grid of its cards, without the tables."""

import io
from functools import lru_cache

from PIL import Image, ImageDraw, ImageFont

from pv_engine.reports.sheet import Card, Sheet, SheetSection

WIDTH = 1680
MARGIN, PADDING, GAP = 32, 14, 12
NARROWEST = 700
LINE = 20
INK, SOFT, LINES, PAGE, CARD = "#1c2430", "#5b6675", "#dfe4ea", "#f5f6f8", "#ffffff"

Font = ImageFont.FreeTypeFont | ImageFont.ImageFont


@lru_cache
def _font(size: int) -> Font:
    return ImageFont.load_default(size)


def as_png(sheet: Sheet) -> bytes:
    """Return the sheet as a PNG file, at most WIDTH pixels wide unless one card is wider."""
    columns, width = _columns(sheet)
    blocks = [_heading(sheet, width)]
    blocks += [_section(section, columns, width, sheet.side) for section in sheet.sections]
    height = 2 * MARGIN + sum(block.height for block in blocks)
    page = Image.new("RGB", (width + 2 * MARGIN, height), PAGE)
    top = MARGIN
    for block in blocks:
        page.paste(block, (MARGIN, top))
        top += block.height
    buffer = io.BytesIO()
    page.save(buffer, "PNG", optimize=True)
    return buffer.getvalue()


def _columns(sheet: Sheet) -> tuple[int, int]:
    """Return the number of columns of cards and their total width."""
    cards = [card for section in sheet.sections for card in section.cards]
    widest = max((_card_width(card, sheet.side) for card in cards), default=NARROWEST)
    columns = max(1, (WIDTH - 2 * MARGIN + GAP) // (widest + GAP))
    return columns, max(NARROWEST, columns * (widest + GAP) - GAP)


def _card_width(card: Card, side: int) -> int:
    count = len(card.pictures)
    return 2 * PADDING + count * side + (count - 1) * GAP


def _card_height(card: Card, width: int, side: int) -> int:
    return 2 * PADDING + LINE + 4 + side + LINE + LINE * len(_lines(card, width)) + 4


def _lines(card: Card, width: int) -> list[str]:
    """What a card of this width says below its pictures, line by line."""
    texts = [f"{term}: {words}" for term, words in card.lines]
    return [line for text in texts for line in _wrapped(text, width - 2 * PADDING, 14)]


def _heading(sheet: Sheet, width: int) -> Image.Image:
    lines = _wrapped(sheet.about, width, 15)
    block = Image.new("RGB", (width, 40 + LINE * len(lines)), PAGE)
    draw = ImageDraw.Draw(block)
    draw.text((0, 0), sheet.title, fill=INK, font=_font(26))
    for place, line in enumerate(lines):
        draw.text((0, 36 + LINE * place), line, fill=SOFT, font=_font(15))
    return block


def _section(section: SheetSection, columns: int, width: int, side: int) -> Image.Image:
    """Draw a heading and the cards in `columns` columns."""
    widest = (width + GAP) // columns - GAP
    tallest = max((_card_height(card, widest, side) for card in section.cards), default=0)
    rows = -(-len(section.cards) // columns)
    top = 60
    block = Image.new("RGB", (width, top + rows * (tallest + GAP)), PAGE)
    heading = f"{section.heading} ({len(section.cards)})"
    ImageDraw.Draw(block).text((0, 26), heading, fill=INK, font=_font(19))
    for place, card in enumerate(section.cards):
        row, column = divmod(place, columns)
        drawn = _card(card, widest, tallest, side)
        block.paste(drawn, (column * (widest + GAP), top + row * (tallest + GAP)))
    return block


def _card(card: Card, width: int, height: int, side: int) -> Image.Image:
    block = Image.new("RGB", (width, height), CARD)
    draw = ImageDraw.Draw(block)
    draw.rectangle((0, 0, width - 1, height - 1), outline=LINES)
    draw.text((PADDING, PADDING - 2), card.name, fill=INK, font=_font(16))
    top = PADDING + LINE + 4
    for place, shown in enumerate(card.pictures):
        left = PADDING + place * (side + GAP)
        picture = shown.picture.convert("RGB").resize((side, side), Image.Resampling.LANCZOS)
        block.paste(picture, (left, top))
        draw.rectangle((left, top, left + side - 1, top + side - 1), outline=LINES)
        label = _shortened(shown.label, side, 12)
        draw.text((left, top + side + 3), label, fill=SOFT, font=_font(12))
    top += side + LINE + 4
    for place, line in enumerate(_lines(card, width)):
        line = _shortened(line, width - 2 * PADDING, 14)
        draw.text((PADDING, top + LINE * place), line, fill=INK, font=_font(14))
    return block


def _shortened(text: str, width: int, size: int) -> str:
    """Return the text, cut off with an ellipsis if it does not fit."""
    if _font(size).getlength(text) <= width:
        return text
    while text and _font(size).getlength(text + "…") > width:
        text = text[:-1]
    return text + "…"


def _wrapped(text: str, width: int, size: int) -> list[str]:
    lines = [""]
    for word in text.split():
        longer = f"{lines[-1]} {word}".strip()
        if _font(size).getlength(longer) > width and lines[-1]:
            lines.append(word)
        else:
            lines[-1] = longer
    return lines
