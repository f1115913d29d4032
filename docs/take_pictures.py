"""Takes the screenshots of docs/tutorial.md by following it in a fresh demo.

    python docs/take_pictures.py ADDRESS PASSWORD

`make demo` prints ADDRESS and PASSWORD; the study must have no answers yet. Chromium must be on the
PATH. The demo is closed and unblinded afterwards, so use a disposable one.
"""

import io
import shutil
import sys
import tempfile
from pathlib import Path

from PIL import Image
from playwright.sync_api import Page, sync_playwright
from tutorial_walk import Walk

FOLDER = Path(__file__).resolve().parent / "images" / "tutorial"
# In bytes, of one picture.
LARGEST = 150_000
# As the tutorial says.
BOTS = 98


def main(address: str, password: str) -> None:
    FOLDER.mkdir(parents=True, exist_ok=True)
    path = shutil.which("chromium") or shutil.which("google-chrome")
    with sync_playwright() as driver, tempfile.TemporaryDirectory() as scratch:
        flags = ["--no-sandbox", "--disable-gpu"]
        browser = driver.chromium.launch(executable_path=path, args=flags)
        Walk(browser, address, password, BOTS, keep).take(Path(scratch) / "report.zip")
        browser.close()


def keep(page: Page, name: str) -> None:
    """Save the window as a WebP file, with the best of three qualities that is small enough."""
    picture = Image.open(io.BytesIO(page.screenshot(animations="disabled")))
    for quality in (90, 75, 50):
        buffer = io.BytesIO()
        picture.save(buffer, "WEBP", quality=quality, method=6)
        if buffer.tell() <= LARGEST:
            break
    (FOLDER / f"{name}.webp").write_bytes(buffer.getvalue())


if __name__ == "__main__":
    main(*sys.argv[1:3])
