"""The content security policy forbids inline script and style, and no page needs either."""

from html.parser import HTMLParser
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client

from pv_engine.models import Build
from tests.factories import make_survey
from tests.surveys.everything import EVERYTHING
from tests.surveys.visitor import Visitor
from tests.test_console_access import CONSOLE, address_of

ROOT = Path(settings.BASE_DIR)
TEMPLATES = sorted(
    file
    for room in ("study", "accounts", "pv_engine", "surveys", "analysis")
    for file in (ROOT / room).rglob("templates/**/*.html")
    # The report is a file of its own, which is sent by no server of ours.
    if room != "analysis"
)
POLICY = {
    "default-src": "'self'",
    "object-src": "'none'",
    "base-uri": "'none'",
    "form-action": "'self'",
    "frame-ancestors": "'none'",
}


class InlineFinder(HTMLParser):
    """Collects whatever a strict policy would not run."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found = []
        self.feed(page)

    def handle_starttag(self, tag, attributes):
        names = dict(attributes)
        if tag == "style" or (tag == "script" and "src" not in names):
            self.found.append(f"<{tag}>")
        for name, value in attributes:
            address = (value or "").strip().lower()
            if name == "style" or name.startswith("on") or address.startswith("javascript:"):
                self.found.append(f"<{tag} {name}>")

    handle_startendtag = handle_starttag


def check(response):
    """Checked on every HTML page: nothing inline, and the policy beside it."""
    if not response["Content-Type"].startswith("text/html") or response.streaming:
        return
    assert InlineFinder(response.content.decode()).found == []
    if response.content:
        sent = dict(
            part.strip().split(" ", 1) for part in response["Content-Security-Policy"].split(";")
        )
        assert sent == POLICY
        assert response["X-Frame-Options"] == "DENY"
        assert response["X-Content-Type-Options"] == "nosniff"
        assert response["Referrer-Policy"] == "same-origin"


@pytest.mark.parametrize(
    "page",
    [
        "<style>a{}</style>",
        "<script>1</script>",
        "<p style='x'>",
        "<a onclick='x'>",
        "<a href=' JavaScript:x'>",
        "<img src=x onerror=y />",
    ],
)
def test_the_reader_of_this_test_finds_what_is_inline(page):
    assert InlineFinder(page).found


def test_the_reader_of_this_test_lets_pass_what_is_not():
    assert InlineFinder('<script src="a.js"></script><a href="/x" class="y">').found == []


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda file: file.name)
def test_no_template_has_anything_inline(template):
    assert InlineFinder(template.read_text()).found == []


@pytest.fixture
def everything(db, tmp_path):
    return make_survey(tmp_path, more='languages = ["en", "ar"]\n' + EVERYTHING)


def test_every_page_of_a_whole_survey_keeps_the_policy(everything):
    visitor = Visitor(everything.slug)
    visitor.arrive("?PROLIFIC_PID=abc&lang=ar")
    visitor.finish()
    visitor.get(visitor.url("withdraw/"))
    assert len({page.request["PATH_INFO"] for page in visitor.seen}) > 10
    for page in visitor.seen:
        check(page)


@pytest.mark.parametrize("path", ["/nowhere", "/s/nowhere/", "/s/shapes/declined/", "/s/shapes/"])
def test_refusals_and_errors_keep_it(client, everything, path):
    check(client.get(path))
    check(client.post(path))
    check(Client(enforce_csrf_checks=True).post(path))


def test_every_page_of_the_console_keeps_it(researcher, survey):
    Build.objects.create(pk=1, recipe_name="a", status=Build.Status.FAILED, error="<b onclick=x>")
    for name in CONSOLE:
        check(researcher.get(address_of(name, survey.slug)))
        check(Client().get(address_of(name, survey.slug)))
