"""Writes the dropped items into a protocol's text, so that they are hashed, frozen and exported.

All else stays as it was: comments, order, spaces.
"""

import json
import tomllib

from surveys.protocol.positions import BARE_KEY, find_places

TABLE = "dropped"
HEADER = f"[{TABLE}]"


def with_drop(text: str, item: str, reason: str) -> str:
    """The TOML text with one more dropped item.

    A table that is written in one line stays as it is: whoever reads the text will see so.
    """
    text = text.replace("\r\n", "\n")
    key = item if BARE_KEY.fullmatch(item) else json.dumps(item)
    row = f"{key} = {json.dumps(reason, ensure_ascii=False)}\n"
    place = find_places(text).get(TABLE)
    if place is None:
        return f"{text.rstrip()}\n\n{HEADER}\n{row}"
    lines = text.splitlines(keepends=True)
    if lines[place.line - 1].strip().startswith(HEADER):
        lines.insert(place.line, row)
    return "".join(lines)


def without_drop(text: str, item: str) -> str:
    """The TOML text without that dropped item, and without the table when it was the last one."""
    text = text.replace("\r\n", "\n")
    lines = text.splitlines(keepends=True)
    for key in (f"{TABLE}.{item}", TABLE):
        place = find_places("".join(lines)).get(key)
        if place is None or (key == TABLE and tomllib.loads("".join(lines)).get(TABLE)):
            break
        last = "".join(lines).count("\n", 0, place.end) if key != TABLE else place.line - 1
        del lines[place.line - 1 : last + 1]
    return "".join(lines)
