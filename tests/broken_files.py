"""Broken files with marked mistakes: `#! key` ends the line that an error must name, with the key.

Keys that a table lacks are marked at its header, those of the top of the file in the first line.
"""

import re
from collections.abc import Callable
from pathlib import Path

MARK = re.compile(r"#! (.+)$")
NAMED = re.compile(r"line (\d+): (.+)$", re.MULTILINE)


def marked(text: str) -> list[tuple[int, str]]:
    """Line and key of each mistake."""
    marks = [(number, MARK.search(line)) for number, line in enumerate(text.splitlines(), start=1)]
    return [(number, key) for number, mark in marks if mark for key in mark[1].split(", ")]


def unnamed(files: list[Path], message_of: Callable[[Path], str]) -> list[str]:
    """The mistakes that the error's message does not name with their line and the key's last part.

    Ten files with five mistakes each; nothing may be said but what is wrong.
    """
    assert len(files) == 10
    missed = []
    for file in files:
        wanted = marked(file.read_text(encoding="utf-8"))
        assert len(wanted) == 5, file
        found = [(int(line), said) for line, said in NAMED.findall(message_of(file))]
        for line, key in wanted:
            name = re.sub(r"(\[\d+\])+$", "", key).rpartition(".")[2]
            if not any(line == number and name in said for number, said in found):
                missed.append(f"{file.name}:{line}: {key}")
    return missed
