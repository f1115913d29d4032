"""Finds this machine's Chromium, and takes screenshots with it: no port, no network, no profile.

The browser is spoken to in the Chrome DevTools Protocol over two pipes (`--remote-debugging-pipe`):
JSON messages, each ended by a zero byte.
"""

import base64
import json
import os
import select
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import IO, Any

from django.conf import settings

from surveys.errors import ScreenshotError

# What has a window, too; then what has none, which starts in half the time.
NAMES = ("chromium", "chromium-browser", "google-chrome")
WINDOWLESS = "chromium-headless-shell"
QUIET = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
)  # fmt: skip
# The same picture on every run; nothing that a page names is looked up.
STEADY = (
    "--headless", "--hide-scrollbars", "--disable-lcd-text", "--force-color-profile=srgb",
    "--host-resolver-rules=MAP * ~NOTFOUND", "--remote-debugging-pipe",
)  # fmt: skip
# The browser reads its third and writes its fourth file; what it prints is no use to anybody.
PIPED = 'exec "$@" 3<&0 4>&1 </dev/null >/dev/null 2>&1'
OFF = "off"
INSTEAD = "set SCREENSHOT_BROWSER to the path of a Chromium, or to off"
# Of the window, in CSS pixels; a page that is longer is taken whole, up to a height.
WIDTH, HEIGHT, LONGEST = 1280, 800, 6000
# Seconds for one answer of the browser, and for all pages.
PATIENCE, MOST_PATIENCE = 20.0, 120.0
PORTION = 1 << 20
# Waits for every picture, then says how high the page is.
LOADED = """(async () => {
  await Promise.allSettled([...document.images].map((image) => image.decode()));
  return document.documentElement.scrollHeight;
})()"""


def find_chromium() -> str | None:
    """Return the path of a browser that can have a window."""
    return next((found for name in NAMES if (found := shutil.which(name))), None)


def lightest_chromium() -> str | None:
    """Return the path of a browser, rather of one without windows."""
    return shutil.which(WINDOWLESS) or find_chromium()


def screenshot_browser() -> str | None:
    """Return the program that takes screenshots, by the setting SCREENSHOT_BROWSER, or None."""
    named = settings.SCREENSHOT_BROWSER
    if named == OFF:
        return None
    return named or lightest_chromium()


@contextmanager
def open_browser(program: str) -> Iterator["Browser"]:
    """Start the browser, and end it with all that it started.

    Raises ScreenshotError where it cannot be started, ends early, or does not answer.
    """
    with tempfile.TemporaryDirectory(prefix="foresee-chromium-", ignore_cleanup_errors=True) as own:
        arguments = (program, *QUIET, *STEADY, f"--user-data-dir={own}")
        try:
            process = subprocess.Popen(  # noqa: S603 - the server's own browser, by its settings
                ["/bin/sh", "-c", PIPED, "sh", *arguments],
                stdin=subprocess.PIPE, stdout=subprocess.PIPE, start_new_session=True, bufsize=0,
            )  # fmt: skip
        except OSError as error:
            raise ScreenshotError(
                f"The browser {program} could not be started ({error.strerror}); {INSTEAD}."
            ) from error
        try:
            yield Browser(program, process, time.monotonic() + MOST_PATIENCE)
        finally:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
            for pipe in filter(None, (process.stdin, process.stdout)):
                pipe.close()


@dataclass
class Browser:
    """A browser that is running."""

    program: str
    process: "subprocess.Popen[bytes]"
    # When it must have finished, on the monotonic clock.
    deadline: float
    _unread: bytes = b""
    _calls: int = 0
    _session: str = ""

    @property
    def version(self) -> str:
        """Return its name and version, such as `Chromium 128.0.6613.84`."""
        product = str(self._call("Browser.getVersion")["product"])
        return f"Chromium {product.rpartition('/')[2]}"

    def shoot(self, html: str) -> bytes:
        """Return a screenshot of the page as WebP: as wide as the window, and as long as it is."""
        if not self._session:
            self._open_tab()
        frame = self._call("Page.getFrameTree")["frameTree"]["frame"]["id"]
        self._call("Page.setDocumentContent", frameId=frame, html=html)
        loaded = {"expression": LOADED, "awaitPromise": True, "returnByValue": True}
        height = self._call("Runtime.evaluate", **loaded)["result"]["value"]
        area = {"x": 0, "y": 0, "width": WIDTH, "height": min(max(HEIGHT, height), LONGEST)}
        # Not where the page fits: Chromium would move pages that are read from right to left.
        beyond = {"captureBeyondViewport": area["height"] > HEIGHT}
        shot = {"format": "webp", "quality": 90, **beyond, "clip": {**area, "scale": 1}}
        taken = self._call("Page.captureScreenshot", **shot)
        return base64.b64decode(taken["data"])

    def _open_tab(self) -> None:
        tab = self._call("Target.createTarget", url="about:blank")["targetId"]
        attached = self._call("Target.attachToTarget", targetId=tab, flatten=True)
        self._session = attached["sessionId"]
        screen = {"width": WIDTH, "height": HEIGHT, "deviceScaleFactor": 1, "mobile": False}
        self._call("Emulation.setDeviceMetricsOverride", **screen)
        # Not for our own questions to the page.
        self._call("Emulation.setScriptExecutionDisabled", value=True)
        light = [{"name": "prefers-color-scheme", "value": "light"}]
        self._call("Emulation.setEmulatedMedia", features=light)

    def _call(self, method: str, **parameters: Any) -> dict[str, Any]:
        """Send one command and return its result; what the browser reports meanwhile is dropped."""
        self._calls += 1
        message: dict[str, Any] = {"id": self._calls, "method": method, "params": parameters}
        if self._session:
            message["sessionId"] = self._session
        until = min(time.monotonic() + PATIENCE, self.deadline)
        self._send(json.dumps(message).encode() + b"\0", until)
        while True:
            answer = json.loads(self._receive(until))
            if answer.get("id") != self._calls:
                continue
            if "error" in answer:
                raise ScreenshotError(
                    f"The browser {self.program} refuses {method}"
                    f" ({answer['error'].get('message')}); {INSTEAD}."
                )
            result: dict[str, Any] = answer["result"]
            return result

    def _send(self, message: bytes, until: float) -> None:
        pipe = _number(self.process.stdin)
        os.set_blocking(pipe, False)
        try:
            while message:
                self._wait(select.select([], [pipe], [], _left(until))[1])
                message = message[os.write(pipe, message) :]
        except BrokenPipeError as error:
            raise self._ended() from error

    def _receive(self, until: float) -> bytes:
        """The next whole message."""
        pipe = _number(self.process.stdout)
        while b"\0" not in self._unread:
            self._wait(select.select([pipe], [], [], _left(until))[0])
            portion = os.read(pipe, PORTION)
            if not portion:
                raise self._ended()
            self._unread += portion
        message, _, self._unread = self._unread.partition(b"\0")
        return message

    def _wait(self, ready: list[int]) -> None:
        if not ready:
            raise ScreenshotError(
                f"The browser {self.program} did not answer within {PATIENCE:g} seconds, or needed"
                f" more than {MOST_PATIENCE:g} seconds for all pages; {INSTEAD}."
            )

    def _ended(self) -> ScreenshotError:
        return ScreenshotError(
            f"The browser {self.program} could not be started, or ended before it took a"
            f" screenshot; {INSTEAD}."
        )


def _number(pipe: IO[bytes] | None) -> int:
    return pipe.fileno() if pipe else -1


def _left(until: float) -> float:
    return max(0.0, until - time.monotonic())
