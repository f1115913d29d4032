"""Somebody who takes the survey in a real browser, by mouse or by keyboard."""

import re
from collections.abc import Callable
from typing import Any


class Person:
    """Looks at pages and answers them; `look` is called on every page."""

    def __init__(self, page: Any, start: str) -> None:
        self.page, self.start = page, start
        self.requests: list[str] = []
        self.problems: list[str] = []
        page.on("request", lambda request: self.requests.append(request.url))
        page.on("pageerror", lambda error: self.problems.append(str(error)))
        page.on("console", self._listen)

    def _listen(self, message: Any) -> None:
        # A refused answer is a 4xx page, which the browser reports on its console.
        if message.type == "error" and "Failed to load resource" not in message.text:
            self.problems.append(message.text)

    @property
    def kind(self) -> str:
        """Which page this is: "trial", "thanks", ..."""
        path = self.page.url.split("/s/")[1].split("?")[0].strip("/").split("/")
        return path[1] if len(path) > 1 else "start"

    @property
    def is_over(self) -> bool:
        return bool(self.page.locator("#survey-done, #survey-ended").count())

    def arrive(self, query: str = "") -> None:
        self.page.goto(self.start + query)

    def take(self, answer: Callable[[], None], look: Callable[[], None] = lambda: None) -> None:
        """The whole survey, page by page."""
        for _ in range(60):
            look()
            if self.is_over:
                return
            with self.page.expect_navigation():
                answer()
        raise AssertionError("The survey did not end.")

    def by_mouse(self) -> None:
        """Choose something in every group, and press the button."""
        if self.kind == "start":
            self.page.get_by_role("checkbox").check()
        for group in self.page.locator("fieldset").all():
            self._pick(group)
        self.page.locator("main form button").first.click()

    def _pick(self, group: Any) -> None:
        labels = group.locator("label")
        asked = re.search(r"“(.+)”", group.locator("legend").inner_text())
        if asked and "trial" in self.page.url:
            group.get_by_text(asked[1], exact=True).click()
        else:
            labels.nth(1 if self.kind == "comprehension" else 0).click()

    def by_keyboard(self) -> None:
        """Tab to every field and answer with Space, arrows, digits and Enter."""
        keys = self.page.keyboard
        if self.kind == "trial":
            keys.press(self._digit())
            if self.page.locator("[name=confidence]").count():
                self._tab_to("[name=confidence]")
                keys.press("Space")
            keys.press("Enter")
            return
        seen = set()
        for _ in range(60):
            keys.press("Tab")
            focus = self.page.evaluate(
                "() => { const e = document.activeElement;"
                " return [e.tagName, e.type || '', e.name || '', !!e.closest('main form')]; }"
            )
            tag, kind, name, is_ours = focus
            if not is_ours:
                continue
            if kind in ("checkbox", "radio") and name not in seen:
                seen.add(name)
                keys.press("Space")
                if self.kind == "comprehension":
                    keys.press("ArrowDown")
            elif tag == "BUTTON":
                keys.press("Enter")
                return
        raise AssertionError(f"The button of {self.kind} cannot be reached by keyboard.")

    def _digit(self) -> str:
        heading = self.page.locator("h1").first.inner_text()
        asked = re.search(r"“(.+)”", heading)
        labels = [
            text.strip().lower() for text in self.page.locator(".option .label").all_inner_texts()
        ]
        return str(labels.index(asked[1].lower()) + 1) if asked else "3"

    def _tab_to(self, selector: str) -> None:
        for _ in range(20):
            self.page.keyboard.press("Tab")
            if self.page.evaluate("s => document.activeElement.matches(s)", selector):
                return
        raise AssertionError(f"{selector} cannot be reached by keyboard.")
