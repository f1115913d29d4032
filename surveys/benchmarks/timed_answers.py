"""Answers questions in a browser a fixed time after their images were painted."""

import math
from abc import ABC, abstractmethod

from playwright.sync_api import Page

from surveys.benchmarks.screen import Screen, Span, Watch

WAIT_MS = 1500
# A paint that was read from the screen less exactly than this is not counted, in milliseconds.
LONGEST_GAP_MS = 10
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


class Timed(ABC):
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

    @abstractmethod
    def show(self) -> None:
        """Go on to the next question."""

    @abstractmethod
    def times(self) -> list[float]:
        """Return the times as they were kept, in milliseconds."""

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
