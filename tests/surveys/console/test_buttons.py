"""No page of the console shows a button that is refused when it is pressed as it stands."""

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser

import pytest
from django.contrib.messages import constants, get_messages
from django.db import transaction

from pv_engine.models import Build
from surveys.benchmarks.console_examples import console_examples
from surveys.benchmarks.console_pages import find_pages
from surveys.models import BotRun, Job, Role, Survey
from surveys.studies.blinding import unblind
from surveys.studies.lifecycle.pilots import start_pilot
from surveys.studies.lifecycle.publishing import close_survey
from surveys.studies.team.membership import give_role
from tests.factories import make_survey
from tests.surveys.visitor import Visitor
from tests.team import make_user, sign_in

# What a researcher has to type; everything else is sent as it stands.
TYPED = {"reason": "two objects", "label": "the editor"}
# These ask for what nobody has typed yet, are participants' pages, or end the session.
NOT_PRESSED = re.compile(
    r"/(studies/new|builds/start|preview|log\w+|account\w*|second-factor\w*|invitations/[^/]+)/$"
)


@dataclass
class Form:
    action: str
    values: dict[str, str | list[str]] = field(default_factory=dict)
    buttons: list[tuple[str, str]] = field(default_factory=list)


class Reader(HTMLParser):
    """Every form that posts, with its buttons and what it sends."""

    def __init__(self, html):
        super().__init__()
        self.forms, self.form, self.select, self.textarea = [], None, "", ""
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        given = {name: value or "" for name, value in attrs}
        if tag == "form" and given.get("method") == "post":
            self.form = Form(given.get("action", ""))
            self.forms.append(self.form)
        if self.form is None:
            return
        name = given.get("name", "")
        if tag == "button":
            self.form.buttons.append((name, given.get("value", "")))
        elif tag == "input" and given.get("type") != "checkbox":
            self.form.values[name] = given.get("value", "") or TYPED.get(name, "")
        elif tag == "input" and "checked" in given:
            # Several boxes of one name are sent together, with what is hidden before them.
            self.form.values[name] = [*self.form.values.get(name, []), given.get("value", "on")]
        elif tag == "textarea":
            self.textarea = name
            self.form.values[name] = ""
        elif tag == "select":
            self.select = name
        elif tag == "option" and (self.select not in self.form.values or "selected" in given):
            self.form.values[self.select] = given.get("value", "")

    def handle_data(self, data):
        if self.form is not None and self.textarea:
            self.form.values[self.textarea] += data

    def handle_endtag(self, tag):
        if tag == "textarea":
            self.textarea = ""
        if tag == "form":
            self.form = None


def html_of(browser, address):
    """The page's text; empty where the address gives no page."""
    answer = browser.get(address)
    is_page = answer.status_code == 200 and "html" in answer["Content-Type"]
    return answer.text if is_page else ""


def buttons_of(html, address):
    """Each form of the page and one of its buttons."""
    for form in Reader(html).forms:
        target = form.action or address
        if not NOT_PRESSED.search(target):
            for name, value in form.buttons:
                yield target, {**form.values, **({name: value} if name else {})}


def refusals(browser, target, data, slug):
    """What the server says against it; nothing of it is kept."""
    with transaction.atomic():
        answer = browser.post(target, {**data, **({"slug": slug} if "slug" in data else {})})
        said = [str(m) for m in get_messages(answer.wsgi_request) if m.level >= constants.WARNING]
        transaction.set_rollback(True)
    return said or ([str(answer.status_code)] if answer.status_code >= 400 else [])


def add_bots_and_files(survey):
    for status in ("failed", "cancelled"):
        common = {"survey": survey, "status": status, "message": "", "error": ""}
        BotRun.objects.create(participants=3, seed=1, policy="uniform", by="ada", **common)
    Job.objects.create(survey=survey, kind="report", status="failed", started_by_name="ada")


def take_part(survey):
    Visitor(survey.slug).finish()
    return survey


def close(survey):
    close_survey(take_part(survey))
    return Survey.objects.get(pk=survey.pk)


def reveal(survey):
    survey = close(survey)
    unblind(survey, make_user("dora"), survey.slug)
    return Survey.objects.get(pk=survey.pk)


STATES = {
    "draft": lambda survey: survey,
    "taken by people": take_part,
    "closed": close,
    "unblinded": reveal,
    "a pilot": lambda survey: start_pilot(survey, "ada"),
    "a pilot that is over": lambda survey: close(start_pilot(survey, "ada")),
}


def make_study(tmp_path, settings, state):
    """A study in that state with bots, files and a build; its owner."""
    settings.BUILDS_DIR = tmp_path / "builds"
    study = make_survey(tmp_path, is_open=state != "draft", n_examples=1)
    ada = make_user("ada")
    give_role(study, ada, Role.OWNER, "a test")
    recipe = settings.BASE_DIR / "recipes" / "demo.toml"
    Build.objects.create(
        recipe_name="demo", recipe_toml=recipe.read_text(), recipe_folder=str(recipe.parent),
        status=Build.Status.FAILED, stimulus_set=study.stimulus_set, started_by=ada,
    )  # fmt: skip
    survey = STATES[state](study)
    add_bots_and_files(survey)
    return survey, ada


def pages_of(browser, examples):
    """Each page of the console, by its address."""
    addresses = [page.address(examples) for page in find_pages()]
    return {address: html_of(browser, address) for address in addresses}


def press_all(browser, survey, pages):
    """What was pressed, and what was refused: the button with what was said against it."""
    pressed, refused = set(), {}
    for address, html in pages.items():
        for target, data in buttons_of(html, address):
            pressed.add(target)
            said = refusals(browser, target, data, survey.slug)
            if said:
                refused[f"{address}: {target}"] = said
    return pressed, refused


@pytest.mark.parametrize("state", STATES)
def test_no_button_is_refused(db, tmp_path, settings, state):
    survey, ada = make_study(tmp_path, settings, state)
    browser = sign_in(ada)
    pages = pages_of(browser, console_examples(survey, ada))
    pressed, refused = press_all(browser, survey, pages)
    assert refused == {}
    assert len(pressed) > 5


@pytest.mark.parametrize("role", [Role.EDITOR, Role.VIEWER])
@pytest.mark.parametrize("state", ["draft", "taken by people", "unblinded"])
def test_nobody_is_shown_a_button_or_a_link_that_is_not_for_their_role(
    db, tmp_path, settings, role, state
):
    survey, ada = make_study(tmp_path, settings, state)
    cy = make_user("cy")
    give_role(survey, cy, role, "a test")
    browser = sign_in(cy)
    pages = pages_of(browser, console_examples(survey, ada))
    _, refused = press_all(browser, survey, pages)
    assert refused == {}
    links = set(re.findall(r'href="(/console/surveys/[^"#]+)"', "".join(pages.values())))
    assert [link for link in sorted(links) if browser.get(link).status_code in (403, 404)] == []
    assert len(links) > 10
