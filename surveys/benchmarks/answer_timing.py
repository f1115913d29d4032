"""Measures how well an answer is timed, in a real browser and in turns with jsPsych.

A script in the page presses an option some time after the browser painted both images. When they
were painted is what the browser says or, independent of it, when the pixels of a virtual screen
changed. What is compared with that is what Foresee stored and what jsPsych kept.
"""

import math
import shutil
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from statistics import mean, stdev
from typing import Any
from urllib.parse import urlencode, urlsplit

from playwright.sync_api import Browser, BrowserType, Page, sync_playwright

from surveys.benchmarks.screen import HEIGHT, WIDTH, Screen, Span, Watch, virtual_screen
from surveys.errors import BenchmarkError
from surveys.models import Survey, Trial
from surveys.participation.flow import right_answers
from surveys.participation.identity import COOKIE, SIMULATED, read_cookie, simulated_parameter

NAMES = ("chromium", "chromium-browser", "google-chrome")
QUIET = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
)  # fmt: skip
WHOLE_SCREEN = ("--kiosk", "--window-position=0,0", "--test-type")
WAIT_MS = 1500
# A paint that was read from the screen less exactly than this is not counted, in milliseconds.
LONGEST_GAP_MS = 10
WITHOUT_ELEMENTS = (
    "Object.defineProperty(PerformanceObserver, 'supportedEntryTypes', { value: [] })"
)
# The images of a page are those that are in it now; the observer also knows earlier ones.
PRESS = """
// A row of pixels through the middle of each image, on the screen.
const spanOf = (image) => {
  const { left, top, width, height } = image.getBoundingClientRect();
  const below = window.screenY + window.outerHeight - window.innerHeight;
  return [window.screenX + left, below + top + height / 2, width].map(Math.floor);
};
window.pressAfterPaint = async (images, wait, option) => {
  const paintedAt = await new Promise((done) => {
    const paints = new Map();
    new PerformanceObserver((list) => {
      for (const { element, renderTime } of list.getEntries()) {
        if (document.contains(element)) paints.set(element, renderTime);
      }
      if (paints.size >= 2) done(Math.max(...paints.values()));
    }).observe({ type: "element", buffered: true });
  });
  await new Promise((done) => setTimeout(done, paintedAt + wait - performance.now()));
  const spans = Array.from(document.querySelectorAll(images), spanOf);
  const pressedAt = performance.now();
  document.querySelector(option).click();
  return [pressedAt - paintedAt, performance.timeOrigin + pressedAt, spans];
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


class Timed:
    """Something that times answers, one a turn."""

    # What finds the images and the first option on its page.
    images = ""
    option = ""

    def __init__(self, page: Page, screen: Screen | None) -> None:
        self.page, self.screen = page, screen
        self.truths: list[float] = []
        self.spans: list[Span] = []

    def turn(self) -> None:
        """Answer the next question.

        The first turn is not counted: it shows where on the screen the images will be.
        """
        if self.screen is None or not self.spans:
            self.show()
            since, _ = self._press()
            self.truths.append(since)
            return
        with Watch(self.screen.display, self.spans) as watch:
            self.show()
            _, pressed_at = self._press()
        paint = watch.settled(pressed_at / 1000)
        self.truths.append(pressed_at - (paint.at - paint.gap / 2) * 1000)
        if paint.gap * 1000 > LONGEST_GAP_MS:
            self.truths[-1] = math.nan

    def show(self) -> None:
        """Go on to the next question."""
        raise NotImplementedError

    def times(self) -> list[float]:
        """Return the times as they were kept, in milliseconds."""
        raise NotImplementedError

    def errors(self) -> list[float]:
        """Return how far each time is off, in milliseconds; without what was read too late."""
        both = zip(self.times(), self.truths, strict=True)
        return [kept - truth for kept, truth in both if not math.isnan(truth)][1:]

    def _press(self) -> tuple[float, float]:
        """Return the time since the paint that the browser reports, and the time of day, in ms."""
        since, at, spans = self.page.evaluate(
            f"() => pressAfterPaint('{self.images}', {WAIT_MS}, '{self.option}')"
        )
        self.spans = [Span(*span) for span in spans]
        return since, at


class Foresee(Timed):
    """One participant of the study, at the real pages."""

    images = ".pair img"
    option = ".option input"

    def __init__(self, page: Page, screen: Screen | None, survey: Survey, site: str) -> None:
        super().__init__(page, screen)
        self.survey = survey
        mark = urlencode({SIMULATED: simulated_parameter(survey.slug)})
        page.goto(f"{site}/s/{survey.slug}/?{mark}")
        while "/trial/" not in page.url:
            self._go_on()

    def _go_on(self) -> None:
        name = urlsplit(self.page.url).path.split("/")[3] or "start"
        for group in self.page.locator("main fieldset").all():
            group.locator("input").first.check()
        for field, value in right_answers(name, self.survey.protocol).items():
            self.page.locator(f'[name="{field}"][value="{value}"]').first.check()
        self._press_continue()

    def _press_continue(self) -> None:
        with self.page.expect_navigation():
            self.page.locator("main form button").first.click()

    def show(self) -> None:
        """Leave the previous question, if there is one."""
        if self.truths:
            self._press_continue()
        else:
            self.page.reload()

    @property
    def addresses(self) -> list[str]:
        """The addresses of the images on the page."""
        found = self.page.locator(self.images).all()
        return [image.get_attribute("src") or "" for image in found]

    def times(self) -> list[float]:
        self._press_continue()
        cookies = {row.get("name"): row.get("value", "") for row in self.page.context.cookies()}
        visit = read_cookie(cookies.get(COOKIE, ""), self.survey.slug)
        stored = Trial.objects.filter(participant__token=visit.token if visit else "")
        chosen = stored.exclude(response=None).order_by("position")
        times = chosen.values_list("response__chosen_ms", flat=True)
        if None in times:
            raise BenchmarkError("An answer was stored without a time; look at its timed_by.")
        return [float(time or 0) for time in times]


class JsPsych(Timed):
    """The same images in a timeline of jsPsych, preloaded as its manual advises."""

    images = "img"
    option = "button"

    def __init__(
        self, page: Page, screen: Screen | None, folder: Path, pairs: list[list[str]], site: str
    ) -> None:
        super().__init__(page, screen)
        scripts = "\n".join(_read(folder / file) for file in (JSPSYCH, *PLUGINS.values()))
        html = JSPSYCH_PAGE.replace("{scripts}", scripts.replace("</script", "<\\/script"))
        # From the server's own address, as the browser times images of others less exactly.
        page.route(
            f"{site}/jspsych/", lambda route: route.fulfill(body=html, content_type="text/html")
        )
        page.goto(f"{site}/jspsych/")
        page.evaluate(START, [pairs])
        page.wait_for_function("window.isReady")

    def show(self) -> None:
        self.page.evaluate("jsPsych.resumeExperiment()")

    def times(self) -> list[float]:
        times: list[float] = self.page.evaluate("rts")
        return times


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except OSError as error:
        raise BenchmarkError(
            f"The script {path} cannot be read; --jspsych must be a folder with {JSPSYCH.parts[0]},"
            f" {' and '.join(file.parts[0] for file in PLUGINS.values())} as npm installs them."
        ) from error


def measure(
    browser: Browser,
    survey: Survey,
    site: str,
    jspsych: Path | None,
    trials: int,
    slowdown: float,
    on_screen: bool = False,
) -> dict[str, Any]:
    """Return mean and standard deviation of the errors in milliseconds, by who timed the answers.

    `slowdown` is how many times slower the browser is made to compute. `on_screen` reads the paints
    from virtual screens, one for each, instead of asking the browser.
    """
    kind = browser.browser_type
    with ExitStack() as stack:

        def page(script: str = "") -> tuple[Page, Screen | None]:
            if not on_screen:
                return _page(browser, slowdown, script), None
            screen = stack.enter_context(virtual_screen())
            own = stack.enter_context(launch(kind, screen))
            return _page(own, slowdown, script), screen

        foresee = Foresee(*page(), survey, site)
        timed: dict[str, Timed] = {
            "foresee": foresee,
            "foresee, by frames": Foresee(*page(WITHOUT_ELEMENTS), survey, site),
        }
        if jspsych is not None:
            # Swapped each time, so that the screen changes from trial to trial.
            pairs = [foresee.addresses[:: (-1) ** number] for number in range(trials + 1)]
            timed["jspsych"] = JsPsych(*page(), jspsych, pairs, site)
        for _ in range(trials + 1):
            for each in timed.values():
                each.turn()
        return {name: _summary(each) for name, each in timed.items()}


def _page(browser: Browser, slowdown: float, script: str) -> Page:
    page = browser.new_context(viewport={"width": WIDTH, "height": HEIGHT}).new_page()
    page.add_init_script(f"{PRESS}\n{script}")
    session = page.context.new_cdp_session(page)
    session.send("Emulation.setCPUThrottlingRate", {"rate": slowdown})
    return page


def _summary(timed: Timed) -> dict[str, float]:
    errors = timed.errors()
    return {
        "trials": len(errors),
        "mean_ms": round(mean(errors), 1),
        "sd_ms": round(stdev(errors), 1),
        "smallest_ms": round(min(errors), 1),
        "largest_ms": round(max(errors), 1),
    }


@contextmanager
def open_chromium() -> Iterator[Browser]:
    """Open a browser of this machine. Raises BenchmarkError if none is found."""
    with sync_playwright() as driver, launch(driver.chromium) as browser:
        yield browser


@contextmanager
def launch(kind: BrowserType, screen: Screen | None = None) -> Iterator[Browser]:
    """Start a browser, without a screen if none is given."""
    path = find_chromium()
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


def find_chromium() -> str | None:
    return next((found for name in NAMES if (found := shutil.which(name))), None)
