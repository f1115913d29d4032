"""Measures how well an answer is timed, in a real browser and in turns with jsPsych.

A script in the page presses an option some time after the browser painted both images, and notes
how long after. What is compared with that is what Foresee stored and what jsPsych kept.
"""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import mean, stdev
from typing import Any, Protocol
from urllib.parse import urlencode, urlsplit

from playwright.sync_api import Browser, Page, sync_playwright

from surveys.errors import BenchmarkError
from surveys.models import Survey, Trial
from surveys.participation.flow import right_answers
from surveys.participation.identity import COOKIE, SIMULATED, read_cookie, simulated_parameter

NAMES = ("chromium", "chromium-browser", "google-chrome")
QUIET = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
)  # fmt: skip
WAIT_MS = 1500
WITHOUT_ELEMENTS = (
    "Object.defineProperty(PerformanceObserver, 'supportedEntryTypes', { value: [] })"
)
# The images of a page are those that are in it now; the observer also knows earlier ones.
PRESS = """
window.pressAfterPaint = async (count, wait, selector) => {
  const paintedAt = await new Promise((done) => {
    const paints = new Map();
    new PerformanceObserver((list) => {
      for (const { element, renderTime } of list.getEntries()) {
        if (document.contains(element)) paints.set(element, renderTime);
      }
      if (paints.size >= count) done(Math.max(...paints.values()));
    }).observe({ type: "element", buffered: true });
  });
  await new Promise((done) => setTimeout(done, paintedAt + wait - performance.now()));
  const pressedAt = performance.now();
  document.querySelector(selector).click();
  return pressedAt - paintedAt;
};
"""
JSPSYCH = Path("jspsych", "dist", "index.browser.min.js")
PLUGINS = {
    "jsPsychHtmlButtonResponse": Path(
        "plugin-html-button-response", "dist", "index.browser.min.js"
    ),
    "jsPsychPreload": Path("plugin-preload", "dist", "index.browser.min.js"),
}
JSPSYCH_PAGE = """<!doctype html><meta charset="utf-8"><script>{scripts}</script><body></body>"""
START = """
([pairs]) => {
  window.rts = [];
  const jsPsych = initJsPsych();
  const pair = (images) => images.map((image) =>
    `<img src="${image}" width="480" height="480" elementtiming="pair">`).join("");
  const trials = pairs.map((images) => ({
    type: jsPsychHtmlButtonResponse, stimulus: pair(images), choices: ["a", "b", "c", "d", "e"],
    on_finish: (data) => { rts.push(data.rt); jsPsych.pauseExperiment(); },
  }));
  const ahead = { type: jsPsychPreload, images: pairs.flat(),
    on_finish: () => { window.isReady = true; jsPsych.pauseExperiment(); } };
  window.jsPsych = jsPsych;
  jsPsych.run([ahead, ...trials]);
}
"""


class Timed(Protocol):
    """Something that times answers, one a turn."""

    def turn(self) -> None: ...

    def errors(self) -> list[float]: ...


class Foresee:
    """One participant of the study, at the real pages."""

    def __init__(self, page: Page, survey: Survey, site: str) -> None:
        self.page, self.survey = page, survey
        self.truths: list[float] = []
        mark = urlencode({SIMULATED: simulated_parameter(survey.slug)})
        page.goto(f"{site}/s/{survey.slug}/?{mark}")
        while "/trial/" not in page.url:
            self._go_on()

    def _go_on(self) -> None:
        name = urlsplit(self.page.url).path.split("/")[3] or "start"
        for group in self.page.locator("main fieldset").all():
            group.locator("input").first.check()
        for field, value in right_answers(name, self.survey.texts).items():
            self.page.locator(f'[name="{field}"][value="{value}"]').first.check()
        self._press_continue()

    def _press_continue(self) -> None:
        with self.page.expect_navigation():
            self.page.locator("main form button").first.click()

    def turn(self) -> None:
        """Leave the question before, if there is one, and answer the next without leaving it."""
        self.page.bring_to_front()
        if self.truths:
            self._press_continue()
        else:
            self.page.reload()
        self.truths.append(_press(self.page, self.images, ".option input"))

    @property
    def images(self) -> list[str]:
        """The addresses of the images on the page."""
        found = self.page.locator(".pair img").all()
        return [image.get_attribute("src") or "" for image in found]

    def errors(self) -> list[float]:
        self._press_continue()
        cookies = {row.get("name"): row.get("value", "") for row in self.page.context.cookies()}
        visit = read_cookie(cookies.get(COOKIE, ""), self.survey.slug)
        stored = Trial.objects.filter(participant__token=visit.token if visit else "")
        chosen = stored.exclude(response=None).order_by("position")
        times = chosen.values_list("response__chosen_ms", flat=True)
        if None in times:
            raise BenchmarkError("An answer was stored without a time; look at its timed_by.")
        return [(time or 0) - truth for time, truth in zip(times, self.truths, strict=True)]


class JsPsych:
    """The same images in a timeline of jsPsych, preloaded as its manual advises."""

    def __init__(self, page: Page, folder: Path, pairs: list[list[str]], site: str) -> None:
        self.page, self.n_images = page, len(pairs[0])
        self.truths: list[float] = []
        scripts = "\n".join((folder / file).read_text() for file in (JSPSYCH, *PLUGINS.values()))
        html = JSPSYCH_PAGE.replace("{scripts}", scripts.replace("</script", "<\\/script"))
        # From the server's own address, as the browser times images of others less exactly.
        page.route(
            f"{site}/jspsych/", lambda route: route.fulfill(body=html, content_type="text/html")
        )
        page.goto(f"{site}/jspsych/")
        page.evaluate(START, [pairs])
        page.wait_for_function("window.isReady")

    def turn(self) -> None:
        self.page.bring_to_front()
        self.page.evaluate("jsPsych.resumeExperiment()")
        self.truths.append(_press(self.page, ["x"] * self.n_images, "button"))

    def errors(self) -> list[float]:
        rts: list[int] = self.page.evaluate("rts")
        return [rt - truth for rt, truth in zip(rts, self.truths, strict=True)]


def _press(page: Page, images: list[str], selector: str) -> float:
    arguments = f"{len(images)}, {WAIT_MS}, '{selector}'"
    passed: float = page.evaluate(f"() => pressAfterPaint({arguments})")
    return passed


def measure(
    browser: Browser, survey: Survey, site: str, jspsych: Path | None, trials: int, slowdown: float
) -> dict[str, Any]:
    """Return mean and standard deviation of the errors in milliseconds, by who timed the answers.

    `slowdown` is how many times slower the browser is made to compute.
    """
    foresee = Foresee(_page(browser, slowdown), survey, site)
    by_frames = Foresee(_page(browser, slowdown, WITHOUT_ELEMENTS), survey, site)
    timed: dict[str, Timed] = {"foresee": foresee, "foresee, by frames": by_frames}
    if jspsych is not None:
        pairs = [foresee.images] * trials
        timed["jspsych"] = JsPsych(_page(browser, slowdown), jspsych, pairs, site)
    for _ in range(trials):
        for each in timed.values():
            each.turn()
    return {name: _summary(each.errors()) for name, each in timed.items()}


def _page(browser: Browser, slowdown: float, script: str = "") -> Page:
    page = browser.new_context(viewport={"width": 1280, "height": 900}).new_page()
    page.add_init_script(f"{PRESS}\n{script}")
    session = page.context.new_cdp_session(page)
    session.send("Emulation.setCPUThrottlingRate", {"rate": slowdown})
    return page


def _summary(errors: list[float]) -> dict[str, float]:
    return {
        "trials": len(errors),
        "mean_ms": round(mean(errors), 1),
        "sd_ms": round(stdev(errors), 1),
        "smallest_ms": round(min(errors), 1),
        "largest_ms": round(max(errors), 1),
    }


@contextmanager
def open_chromium() -> Iterator[Browser]:
    """A browser of this machine. Raises BenchmarkError where there is none."""
    path = find_chromium()
    if path is None:
        raise BenchmarkError("No browser is found: install chromium (apt-get install chromium).")
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=path, args=QUIET)
        yield browser
        browser.close()


def find_chromium() -> str | None:
    return next((found for name in NAMES if (found := shutil.which(name))), None)
