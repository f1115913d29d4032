"""Measures how well an answer is timed, in a real browser and in turns with jsPsych.

A script in the page presses an option some time after the browser painted both images. When they
were painted is what the browser says or, independent of it, when the pixels of a virtual screen
changed. What is compared with that is what Foresee stored and what jsPsych kept.
"""

from contextlib import ExitStack
from pathlib import Path
from statistics import mean, stdev
from typing import Any
from urllib.parse import urlencode, urlsplit

from playwright.sync_api import Browser, Page

from surveys.benchmarks.chromium import launch
from surveys.benchmarks.jspsych import JsPsych
from surveys.benchmarks.screen import HEIGHT, WIDTH, Screen, virtual_screen
from surveys.benchmarks.timed_answers import PRESS, Timed
from surveys.errors import BenchmarkError
from surveys.models import Survey, Trial
from surveys.participation.flow import right_answers
from surveys.participation.people.identity import (
    COOKIE,
    SIMULATED,
    read_cookie,
    simulated_parameter,
)

WITHOUT_ELEMENTS = (
    "Object.defineProperty(PerformanceObserver, 'supportedEntryTypes', { value: [] })"
)


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
