"""A real browser, where there is one: Debian's chromium, driven by Playwright."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from tests.browser.person import Person

pytest.importorskip(
    "playwright.sync_api", reason="playwright is not installed; see requirements-dev.txt"
)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Any]:
    from surveys.benchmarks.chromium import open_chromium
    from tests.chromium import require_chromium

    # Without a browser's own windows and services, it takes a third less of a processor.
    path = require_chromium()
    # Playwright keeps an event loop in this thread, which Django takes for asynchronous code.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    with open_chromium(path) as browser:
        yield browser
    del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@pytest.fixture
def meet(chromium: Any, live_server: Any, tmp_path: Path) -> Iterator[Callable[..., Person]]:
    """Somebody in front of a browser of their own: meet(survey, width=390, javascript=False)."""
    contexts = []

    def open_browser(
        survey: Any, width: int = 1280, height: int = 900, javascript: bool = True, **more: Any
    ) -> Person:
        context = chromium.new_context(
            viewport={"width": width, "height": height}, java_script_enabled=javascript, **more
        )
        contexts.append(context)
        return Person(context.new_page(), f"{live_server.url}/s/{survey.slug}/")

    yield open_browser
    for context in contexts:
        context.close()


@pytest.fixture
def sign_in(chromium: Any, live_server: Any, researcher: Client) -> Iterator[Callable[..., Any]]:
    """A researcher's page, signed in: sign_in(width=390); `goto` takes addresses of the site."""
    contexts = []

    def open_page(
        width: int = 1280, height: int = 900, javascript: bool = True, **more: Any
    ) -> Any:
        context = chromium.new_context(
            base_url=live_server.url,
            viewport={"width": width, "height": height},
            java_script_enabled=javascript,
            **more,
        )
        contexts.append(context)
        cookie = researcher.cookies["sessionid"].value
        context.add_cookies([{"name": "sessionid", "value": cookie, "url": live_server.url}])
        return context.new_page()

    yield open_page
    for context in contexts:
        context.close()
