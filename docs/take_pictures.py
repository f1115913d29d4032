"""Takes the pictures of docs/tutorial.md anew, by doing what it says in a fresh demo.

    python docs/take_pictures.py ADDRESS PASSWORD

ADDRESS and PASSWORD are what `make demo` printed, with nobody having answered yet. Chromium is
found on the PATH. The demo is closed and unblinded afterwards: use one that you can throw away.
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
    """The window as a WebP file; the first of three qualities that is small enough."""
    picture = Image.open(io.BytesIO(page.screenshot(animations="disabled")))
    for quality in (90, 75, 50):
        buffer = io.BytesIO()
        picture.save(buffer, "WEBP", quality=quality, method=6)
        if buffer.tell() <= LARGEST:
            break
    (FOLDER / f"{name}.webp").write_bytes(buffer.getvalue())


if __name__ == "__main__":
    main(*sys.argv[1:3])
