"""Follows docs/tutorial.md in a browser, from sign-in to the downloaded report.

`take_pictures.py` takes the tutorial's screenshots with it, and a test checks the tutorial with it.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser, Locator, Page, ViewportSize, expect

SIZE: ViewportSize = {"width": 1100, "height": 760}
# Limit for bots and reports on a busy machine, in milliseconds.
PATIENCE = 600_000
# Limit for a page, in milliseconds.
SOON = 60_000


@dataclass
class Walk:
    """A reader of the tutorial, with the address and password that the demo printed."""

    browser: Browser
    address: str
    password: str
    n_bots: int
    # Called with the page and the picture's name wherever the tutorial has a picture.
    keep: Callable[[Page, str], None]

    def take(self, out: Path) -> None:
        """Follow the whole tutorial; write the report's ZIP file to `out`."""
        page = self._open("/console/")
        self._sign_in(page)
        self._look(page)
        self._send_bots(page)
        self._take_part(self._open("/s/demo/"))
        self._close(page)
        self._unblind(page)
        self._build(page)
        self._download(page, out)
        self._read(page)

    def _open(self, path: str) -> Page:
        """Open a page in a new browser context."""
        page = self.browser.new_page(base_url=self.address, viewport=SIZE, color_scheme="light")
        page.set_default_timeout(SOON)
        page.goto(path)
        return page

    def _sign_in(self, page: Page) -> None:
        page.get_by_label("Name").fill("researcher")
        page.get_by_label("Password").fill(self.password)
        self.keep(page, "sign_in")
        press(page, page.get_by_role("button", name="Sign in"))
        expect(page.get_by_role("heading", name="Studies")).to_be_visible(timeout=SOON)
        self.keep(page, "studies")

    def _look(self, page: Page) -> None:
        press(page, page.get_by_role("link", name="What does the model see?"))
        self.keep(page, "overview")
        turn_to(page, "Design", "Stimuli")
        page.wait_for_load_state("networkidle")
        self.keep(page, "stimuli")

    def _send_bots(self, page: Page) -> None:
        """Start the bots, then watch them on the live page until all have finished."""
        turn_to(page, "Run", "Bots")
        page.get_by_label("Number of bots").fill(str(self.n_bots))
        page.get_by_label("Seed").fill("1")
        press(page, page.get_by_role("button", name="Start the bots"))
        bar = page.locator("main progress")
        expect(bar).not_to_have_attribute("value", "0", timeout=PATIENCE)
        to_the_end(page)
        self.keep(page, "bots")
        turn_to(page, "Run", "Live")
        simulated = page.get_by_text(f" {self.n_bots} of those who agreed are bots")
        expect(simulated).to_be_visible(timeout=PATIENCE)
        self.keep(page, "live")
        turn_to(page, "Run", "Bots")
        expect(page.locator("td .status")).to_have_text("Finished", timeout=SOON)

    def _take_part(self, page: Page) -> None:
        """Take part as a participant, from the first page to the last."""
        self.keep(page, "consent")
        page.get_by_role("checkbox").check()
        press(page, page.locator("main form button").first)
        has_kept = False
        while not page.locator("#survey-done").count():
            questions = page.locator("main fieldset")
            if questions.count() and not has_kept:
                page.wait_for_load_state("networkidle")
                self.keep(page, "trial")
                has_kept = True
            for question in questions.all():
                question.locator("label").first.click()
            press(page, page.locator("main form button").first)
        page.close()

    def _close(self, page: Page) -> None:
        turn_to(page, "Overview")
        page.get_by_text("Close the study…").click()
        self.keep(page, "close")
        press(page, page.get_by_role("button", name="Close the study"))

    def _unblind(self, page: Page) -> None:
        turn_to(page, "Results", "Summary")
        press(page, page.get_by_role("link", name="Unblind this study…"))
        page.get_by_label("Type demo to confirm").fill("demo")
        self.keep(page, "unblind")
        press(page, page.get_by_role("button", name="Unblind the study for good"))

    def _build(self, page: Page) -> None:
        turn_to(page, "Results", "Exports and reports")
        self.keep(page, "exports_empty")
        press(page, page.get_by_role("button", name="Build a report"))
        under_way = page.locator("progress:not([value='0'])")
        expect(under_way).to_be_visible(timeout=PATIENCE)
        self.keep(page, "report_under_way")
        expect(page.get_by_role("link", name="Read the report")).to_be_visible(timeout=PATIENCE)
        press(page, page.get_by_role("button", name="Export the data"))
        expect(page.get_by_role("link", name="Download")).to_have_count(2, timeout=PATIENCE)
        to_the_end(page)
        self.keep(page, "exports")

    def _download(self, page: Page, out: Path) -> None:
        report = page.locator("section", has=page.get_by_role("link", name="Read the report"))
        with page.expect_download() as found:
            report.get_by_role("link", name="Download").click()
        found.value.save_as(out)

    def _read(self, page: Page) -> None:
        press(page, page.get_by_role("link", name="Read the report"))
        expect(page.get_by_text("Simulated data.")).to_be_visible(timeout=SOON)
        page.wait_for_load_state("networkidle")
        self.keep(page, "report")
        page.go_back()
        turn_to(page, "Results", "Summary")
        bots = page.get_by_text(f"{self.n_bots} of {self.n_bots + 1} participants are bots")
        expect(bots).to_be_visible(timeout=SOON)
        self.keep(page, "results")


def press(page: Page, target: Locator) -> None:
    """Click and wait for the next page."""
    with page.expect_navigation():
        target.click()


def to_the_end(page: Page) -> None:
    """Scroll to the end of the page, where the newest results are."""
    page.evaluate("scrollTo(0, document.body.scrollHeight)")


def turn_to(page: Page, part: str, name: str = "") -> None:
    """Open a page of the study by the navigation: its part of the work, then the page there."""
    parts = page.get_by_role("navigation", name="Study", exact=True)
    press(page, parts.get_by_role("link", name=part, exact=True))
    if name:
        pages = page.get_by_role("navigation", name="Pages of this part", exact=True)
        press(page, pages.get_by_role("link", name=name, exact=True))
    expect(page.get_by_role("heading", level=1)).to_be_visible(timeout=SOON)
