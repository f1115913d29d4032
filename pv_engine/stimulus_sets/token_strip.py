"""Draws the pictures of a text's tokens in a row, with a word under each."""

from PIL import Image, ImageDraw, ImageFont
from torch import Tensor

from pv_engine.items.pictures import to_picture

GAP = 4
# Of a picture's side: the height of the line of words, and of its letters.
LINE, LETTERS = 6, 9
# Under the picture of the word that a question asks for.
ASKED = "?"
WHITE, INK = "white", "#222222"


def strip(pictures: list[Tensor], words: list[str]) -> Image.Image:
    """Return pictures (3, s, s) in [0, 1] beside each other, white between, each word below.

    A word that is wider than its picture is written smaller.
    """
    side = pictures[0].shape[-1]
    width = len(pictures) * side + (len(pictures) - 1) * GAP
    whole = Image.new("RGB", (width, side + side // LINE), WHITE)
    draw = ImageDraw.Draw(whole)
    for place, (picture, word) in enumerate(zip(pictures, words, strict=True)):
        left = place * (side + GAP)
        whole.paste(to_picture(picture), (left, 0))
        middle = (left + side / 2, side + side // LINE / 2)
        draw.text(middle, word, fill=INK, font=_font(word, side), anchor="mm")
    return whole


def _font(word: str, side: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    size = max(1, side // LETTERS)
    found = ImageFont.load_default(size)
    share = side / max(1.0, found.getlength(word))
    return found if share >= 1 else ImageFont.load_default(max(1, int(size * share)))
