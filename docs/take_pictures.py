"""Takes the pictures of docs/tutorial.md anew, by doing what it says in a fresh demo.

    python docs/take_pictures.py ADDRESS PASSWORD

ADDRESS and PASSWORD are what `make demo` printed, with nobody having answered yet. Chromium is
found on the PATH. The demo is closed and unblinded afterwards: use one that you can throw away.
"""

import io
import shutil
import subprocess
import sys
from pathlib import Path

from PIL import Image
from playwright.sync_api import Page, ViewportSize, sync_playwright

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "docs" / "images" / "tutorial"
# In bytes, of one picture.
LARGEST = 150_000
SIZE: ViewportSize = {"width": 1100, "height": 760}
# A machine that is busy takes its time over a report; in milliseconds.
PATIENCE = 600_000
STUDY = "/console/surveys/demo"


def main(address: str, password: str) -> None:
    FOLDER.mkdir(parents=True, exist_ok=True)
    path = shutil.which("chromium") or shutil.which("google-chrome")
    with sync_playwright() as driver:
        flags = ["--no-sandbox", "--disable-gpu"]
        browser = driver.chromium.launch(executable_path=path, args=flags)
        page = browser.new_page(base_url=address, viewport=SIZE, color_scheme="light")
        page.set_default_timeout(PATIENCE)
        prepare(page, password)
        watch(page)
        take_part(browser.new_page(base_url=address, viewport=SIZE, color_scheme="light"))
        finish(page)
        browser.close()


def prepare(page: Page, password: str) -> None:
    """Sign in, look at the study, send simulated participants."""
    page.goto("/console/")
    page.get_by_label("Name").fill("researcher")
    page.get_by_label("Password").fill(password)
    keep(page, "sign_in")
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("heading", name="Studies").wait_for()
    keep(page, "studies")
    page.goto(f"{STUDY}/")
    keep(page, "overview")
    page.goto(f"{STUDY}/stimuli/")
    page.wait_for_load_state("networkidle")
    keep(page, "stimuli")
    command = ["manage.py", "run_bots", "demo", "--participants", "98", "--seed", "1"]
    subprocess.run([sys.executable, *command], cwd=ROOT, check=True)  # noqa: S603 - our own command


def watch(page: Page) -> None:
    page.goto(f"{STUDY}/live/")
    keep(page, "live")


def take_part(page: Page) -> None:
    """As a participant, up to the first question."""
    page.set_default_timeout(PATIENCE)
    page.goto("/s/demo/")
    keep(page, "consent")
    page.get_by_role("checkbox").first.check()
    while page.locator(".trial, [data-trial]").count() == 0:
        before = page.url
        page.locator("main form button").first.click()
        page.wait_for_load_state("networkidle")
        if page.url == before and page.locator("input[type=radio]").count():
            break
        if page.locator("input[type=radio]").count():
            break
    keep(page, "trial")


def finish(page: Page) -> None:
    """Close, unblind, build the report and the export, read them."""
    page.goto(f"{STUDY}/")
    page.get_by_text("Close the survey…").click()
    keep(page, "close")
    page.get_by_role("button", name="Close the survey").click()
    page.goto(f"{STUDY}/results/unblind/")
    page.get_by_label("Type demo to confirm").fill("demo")
    keep(page, "unblind")
    page.get_by_role("button", name="Unblind the study for good").click()
    page.goto(f"{STUDY}/exports/")
    keep(page, "exports_empty")
    page.get_by_role("button", name="Build a report").click()
    page.get_by_role("progressbar").first.wait_for()
    keep(page, "report_under_way")
    page.get_by_role("link", name="Read the report").wait_for()
    page.get_by_role("button", name="Export the data").click()
    page.get_by_role("link", name="Download").nth(1).wait_for()
    keep(page, "exports")
    page.get_by_role("link", name="Read the report").click()
    page.wait_for_load_state("networkidle")
    keep(page, "report")
    page.goto(f"{STUDY}/results/")
    keep(page, "results")


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
