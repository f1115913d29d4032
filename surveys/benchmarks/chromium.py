"""Starts the machine's Chromium, with or without a screen."""

from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, BrowserType, sync_playwright

from surveys.benchmarks.screen import HEIGHT, WIDTH, Screen
from surveys.errors import BenchmarkError
from surveys.export.pages.chromium import QUIET, find_chromium

WHOLE_SCREEN = ("--kiosk", "--window-position=0,0", "--test-type")


@contextmanager
def open_chromium(path: str | None = None) -> Iterator[Browser]:
    """Open this browser, or one of this machine's. Raises BenchmarkError if none is found."""
    with sync_playwright() as driver, launch(driver.chromium, path=path) as browser:
        yield browser


@contextmanager
def launch(
    kind: BrowserType, screen: Screen | None = None, path: str | None = None
) -> Iterator[Browser]:
    """Start a browser, without a screen if none is given."""
    path = path or find_chromium()
    if path is None:
        raise BenchmarkError("No browser is found: install chromium (apt-get install chromium).")
    if screen is None:
        browser = kind.launch(executable_path=path, args=QUIET)
    else:
        arguments = [*QUIET, *WHOLE_SCREEN, f"--window-size={WIDTH},{HEIGHT}"]
        browser = kind.launch(
            executable_path=path, args=arguments, headless=False, env=dict(screen.environment)
        )
    yield browser
    browser.close()
