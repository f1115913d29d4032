"""The console's pages on protocols, checks, previews, pilots and bots: axe finds nothing."""

import os
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.auth.models import User
from django.test import Client

from surveys.bots.runs import start_run
from surveys.models import BotRun
from surveys.studies.lifecycle.pilots import start_pilot
from surveys.studies.protocols.loading import load_study
from tests.browser.inspection import in_each_look, violations
from tests.browser.pressing import press
from tests.factories import make_protocol, make_survey
from tests.surveys.everything import EVERYTHING
from tests.surveys.visitor import Visitor

pytestmark = pytest.mark.django_db(transaction=True)
PAGES = ("", "protocol/", "protocol/2/", "checks/", "pilots/", "bots/", "preview/choose/")
LOOKS = [(1280, "light"), (390, "dark"), (390, "light"), (1280, "dark")]


@pytest.fixture
def study(db, tmp_path, monkeypatch):
    """Opened with bots, changed once, with a pilot that people take."""
    more = 'languages = ["en", "it"]\n' + EVERYTHING
    survey = make_survey(tmp_path, n_examples=3, more=more)
    monkeypatch.setattr("surveys.tasks.advance_bot_run.apply_async", lambda *args, **more: None)
    start_run(survey, 20, 1, "uniform", "rosa")
    BotRun.objects.update(status="running", done=7, message="7 of 20", permille=350)
    changed = more.replace("We compared kinds of pictures.", "We compared two kinds of pictures.")
    load_study(make_protocol(tmp_path, more=changed), new_version=True)
    pilot = start_pilot(survey, "rosa")
    Visitor(pilot.slug).go_to("trial")
    return survey


@pytest.fixture
def draft(db, tmp_path):
    return make_survey(tmp_path, "draft", is_open=False, n_examples=3)


@pytest.fixture
def sit_down(meet, live_server, study):
    """A researcher who has signed in."""

    def open_console(width, scheme, **more):
        client = Client()
        rosa, _ = User.objects.get_or_create(username="rosa", is_superuser=True)
        client.force_login(rosa)
        person = meet(study, width=width, color_scheme=scheme, **more)
        person.page.context.add_cookies(
            [
                {
                    "name": settings.SESSION_COOKIE_NAME,
                    "value": client.cookies[settings.SESSION_COOKIE_NAME].value,
                    "url": live_server.url,
                }
            ]
        )
        person.console = f"{live_server.url}/console/"
        return person

    return open_console


def look_at(person, name):
    """As `look`, in every width and scheme of colours."""
    for _ in in_each_look(person.page, LOOKS):
        look(person, name)


def look(person, name):
    """Nothing for axe to find, nothing that makes the page scroll sideways."""
    page = person.page
    assert violations(page) == [], name
    wide = page.evaluate(
        """() => document.documentElement.scrollWidth <= innerWidth ? [] :
            [...document.querySelectorAll("body *")].filter((e) => !e.closest(".table-box, pre"))
            .filter((e) => e.getBoundingClientRect().right > innerWidth)
            .map((e) => e.outerHTML.slice(0, 200)).concat("scrolls")"""
    )
    assert wide == [], name
    folder = os.environ.get("PICTURES")
    if folder:
        scheme = (
            "dark" if page.evaluate("matchMedia('(prefers-color-scheme: dark)').matches") else ""
        )
        file = f"{name.strip('/').replace('/', '-')}-{page.viewport_size['width']}{scheme}.png"
        page.screenshot(path=Path(folder) / file, full_page=True)


def test_axe_finds_nothing_on_the_pages_of_a_study(sit_down, study, draft):
    person = sit_down(1280, "light")
    for page in PAGES:
        person.page.goto(f"{person.console}surveys/shapes/{page}")
        look_at(person, f"study-{page}")
    person.page.goto(f"{person.console}surveys/shapes-pilot-1/bots/")
    look_at(person, "pilot-bots")
    for page in ("protocol/", "checks/", "pilots/"):
        person.page.goto(f"{person.console}surveys/draft/{page}")
        look_at(person, f"draft-{page}")


def test_axe_finds_nothing_where_protocols_are_loaded(sit_down, study):
    person = sit_down(1280, "light")
    page = person.page
    page.goto(f"{person.console}studies/new/")
    look_at(person, "load")
    text = study.versions.first().toml.replace(
        '"stimuli"', f'"{study.stimulus_set.content_sha256}"'
    )
    page.get_by_text("Paste the text of a protocol").click()
    page.fill("#text", text.replace("seed = 7", "seed = -1").replace("ratio = 1", "ratios = 1"))
    press(page.get_by_role("button", name="Check the protocol"))
    look_at(person, "load-problems")
    page.fill("#text", text.replace("seed = 7", "seed = 8"))
    press(page.get_by_role("button", name="Check the protocol"))
    look_at(person, "load-refused")
    page.goto(f"{person.console}studies/new/")
    page.get_by_text("Paste the text of a protocol").click()
    page.fill("#text", text + "# more\n[stopping]\nrule = 'When it is enough.'\n")
    press(page.get_by_role("button", name="Check the protocol"))
    look_at(person, "load-confirm")
    press(page.get_by_role("button", name="Make version 3"))
    page.get_by_text("Version 3 is now in force.").wait_for()


@pytest.mark.parametrize("javascript", [True, False])
def test_a_preview_is_walked_by_mouse_with_its_bar_on_every_page(sit_down, study, javascript):
    person = sit_down(390, "light", javascript=javascript)
    page = person.page
    page.goto(f"{person.console}surveys/shapes/preview/choose/")
    page.get_by_label("Picture 2", exact=True).check()
    press(page.get_by_role("button", name="Start the preview"))
    person.start = f"{person.console}surveys/shapes/preview/"

    def see():
        assert page.get_by_text("Nothing is stored.").is_visible()
        if javascript:
            look(person, f"preview-{page.url.split('/preview/')[1]}")

    for _ in range(60):
        see()
        if person.is_over:
            break
        for box in page.locator("main input[type=checkbox]").all()[:1]:
            box.check()
        for group in page.locator("main fieldset").all():
            nth = 1 if "/comprehension/" in page.url else 0
            group.locator("label").nth(nth).click()
        press(page.locator("main form button").first)
    assert person.is_over
    assert study.participants.count() == 0


def test_the_count_of_running_bots_keeps_itself_up_to_date(sit_down, study):
    person = sit_down(1280, "light")
    page = person.page
    page.goto(f"{person.console}surveys/shapes/bots/")
    assert page.get_by_role("progressbar", name="7 of 20").get_attribute("value") == "350"
    BotRun.objects.update(done=12, message="12 of 20", permille=600)
    page.get_by_role("progressbar", name="12 of 20").wait_for()
    BotRun.objects.update(status="finished", done=20, message="20 of 20", permille=1000)
    page.locator(".status.finished").wait_for()
    assert page.get_by_role("progressbar", name="20 of 20").get_attribute("value") == "1000"
    assert person.problems == []
