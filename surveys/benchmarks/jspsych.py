"""jsPsych in the place of Foresee, to compare how well the two time answers."""

from pathlib import Path

from playwright.sync_api import Page

from surveys.benchmarks.screen import Screen
from surveys.benchmarks.timed_answers import Timed
from surveys.errors import BenchmarkError

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
