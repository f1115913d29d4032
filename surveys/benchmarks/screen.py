"""A screen of its own for a browser, whose pixels are read as the browser draws them.

What a browser says about its paints is its own word. A virtual screen (Xvfb) shows when pixels
changed.
"""

import os
import shutil
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import NamedTuple

import mss

from surveys.errors import BenchmarkError

WIDTH, HEIGHT = 1280, 900
# Between two readings, in seconds.
PAUSE = 0.0005


class Span(NamedTuple):
    """A piece of a row of pixels: from x to x + width at height y."""

    x: int
    y: int
    width: int


class Change(NamedTuple):
    """The pixels of the spans from a moment on, in seconds of the machine's clock."""

    at: float
    # Since the pixels were read before: the change itself lies within it.
    gap: float
    pixels: tuple[bytes, ...]


class Watch:
    """Reads spans of a screen again and again in a thread, and notes each change."""

    def __init__(self, display: str, spans: list[Span]) -> None:
        self.display, self.spans = display, spans
        self.changes: list[Change] = []
        self._has_begun, self._is_over = threading.Event(), threading.Event()
        self._thread = threading.Thread(target=self._read, daemon=True)

    def __enter__(self) -> "Watch":
        self._thread.start()
        self._has_begun.wait()
        return self

    def __exit__(self, *_: object) -> None:
        self._is_over.set()
        self._thread.join()

    def _read(self) -> None:
        areas = [
            {"left": span.x, "top": span.y, "width": span.width, "height": 1} for span in self.spans
        ]
        with mss.MSS(display=self.display) as screen:
            before = time.time()
            while not self._is_over.is_set():
                pixels = tuple(bytes(screen.grab(area).raw) for area in areas)
                now = time.time()
                if not self.changes or pixels != self.changes[-1].pixels:
                    self.changes.append(Change(now, now - before, pixels))
                before = now
                self._has_begun.set()
                # The browser needs the processor, too.
                self._is_over.wait(PAUSE)

    def settled(self, end: float) -> Change:
        """Return the change after which all spans look as they do at `end`, in seconds."""
        changes = [change for change in self.changes if change.at <= end]
        if len(changes) < 2:
            raise BenchmarkError("The pixels of the images did not change on the screen.")
        # Each change differs from the one before it, so the last one made the final look.
        return changes[-1]


@dataclass
class Screen:
    """A virtual screen, by the name of its display."""

    display: str
    environment: dict[str, str | float | bool] = field(init=False)

    def __post_init__(self) -> None:
        self.environment = {**os.environ, "DISPLAY": self.display}


@contextmanager
def virtual_screen() -> Iterator[Screen]:
    """Start Xvfb for as long as the block runs. Raises BenchmarkError if it is not installed."""
    path = shutil.which("Xvfb")
    if path is None:
        raise BenchmarkError("No virtual screen is found: install Xvfb (apt-get install xvfb).")
    read, write = os.pipe()
    # The browser's own bars need room, too.
    size = f"{WIDTH + 100}x{HEIGHT + 200}x24"
    command = [path, "-displayfd", str(write), "-screen", "0", size, "-nolisten", "tcp"]
    server = subprocess.Popen(  # noqa: S603 - the program found on the path, without user input
        command, pass_fds=[write], stderr=subprocess.DEVNULL
    )
    os.close(write)
    try:
        with os.fdopen(read) as number:
            display = number.readline().strip()
        if not display:
            raise BenchmarkError("Xvfb did not start; run it by hand to see why.")
        yield Screen(f":{display}")
    finally:
        server.terminate()
        server.wait()
