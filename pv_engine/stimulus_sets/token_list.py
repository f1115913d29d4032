"""Writes the tokens of a text about pictures as a list of items that `import_stimuli` reads.

Each token is an item: the picture, its Grad-CAM stimulus and its perception visualization, a strip
of those of all tokens so far, the text before it, and the likeliest tokens as options, of which the
written one is the answer.
"""

import csv
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from PIL import Image
from torch import Tensor

from pv_engine.explain.captions import WrittenToken
from pv_engine.explain.perception import masked
from pv_engine.items.pictures import to_picture
from pv_engine.stimulus_sets.manifest import ORIGINAL
from pv_engine.stimulus_sets.token_strip import ASKED, strip

COLUMNS = ("name", "options", "answer", ORIGINAL, "gradcam", "pv", "strip", "text:before")
LIST = "items.csv"


@dataclass(frozen=True)
class Caption:
    """A picture, (3, s, s) in [0, 1], and what was written about it after the question."""

    picture: Tensor
    question: str
    written: list[WrittenToken]


def write_token_items(
    folder: Path, captions: list[Caption], decode: Callable[[list[int]], str]
) -> int:
    """Write the list and its pictures into a folder, and return the number of items.

    Left out are tokens without a word of their own beside another one, such as punctuation that
    separates options.
    """
    folder.mkdir(parents=True, exist_ok=True)
    rows = [row for number, each in enumerate(captions, start=1)
            for row in _rows(folder, f"picture-{number}", each, decode)]  # fmt: skip
    with (folder / LIST).open("w", newline="", encoding="utf-8") as stream:
        writer = csv.DictWriter(stream, COLUMNS)
        writer.writeheader()
        writer.writerows(rows)
    return len(rows)


def _rows(
    folder: Path, name: str, caption: Caption, decode: Callable[[list[int]], str]
) -> list[dict[str, str]]:
    rows = []
    for place, token in enumerate(caption.written):
        answer = decode([token.token]).strip()
        words = dict.fromkeys(decode([each]).strip() for each, _ in token.options)
        options = [word for word in words if word and ";" not in word]
        if answer not in options or len(options) < 2:
            continue
        earlier = decode([each.token for each in caption.written[:place]])
        row = {
            "name": f"{name}-token-{place + 1}",
            # In an order that does not show which one is the likeliest.
            "options": ";".join(sorted(options)),
            "answer": answer,
            "text:before": f"{caption.question} {earlier}".strip(),
        }
        # Neither the answer nor later words, which could give it away.
        shown = [*(decode([each.token]).strip() for each in caption.written[:place]), ASKED]
        row_of_all = strip([each.picture for each in caption.written[: place + 1]], shown)
        rows.append(row | _pictures(folder, row["name"], caption.picture, token, row_of_all))
    return rows


def _pictures(
    folder: Path, name: str, picture: Tensor, token: WrittenToken, row_of_all: Image.Image
) -> dict[str, str]:
    """Save a token's pictures, and return the file of each kind."""
    kinds = {
        ORIGINAL: to_picture(picture),
        "gradcam": to_picture(masked(picture[None], token.map[None])[0]),
        "pv": to_picture(token.picture),
        "strip": row_of_all,
    }
    for kind, content in kinds.items():
        content.save(folder / f"{name}-{kind}.png")
    return {kind: f"{name}-{kind}.png" for kind in kinds}
