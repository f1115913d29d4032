"""The researcher's console in a real browser: every page, those included that are added later."""

import re

import pytest
from django.contrib.auth.models import User

from pv_engine.models import Build
from surveys.benchmarks.console_examples import console_examples
from surveys.benchmarks.console_pages import find_pages
from surveys.models import Job, PageError, Survey
from surveys.studies.protocols.loading import load_study
from tests.browser.inspection import LOOKS, cut_off, violations, wrong_in_any_look
from tests.browser.pressing import press
from tests.factories import make_protocol, make_survey
from tests.surveys.everything import EVERYTHING
from tests.surveys.visitor import Visitor

pytestmark = pytest.mark.django_db(transaction=True)
# What differs each time that a page is asked for: tokens, secrets and times.
CHANGING = re.compile(r"[\w-]{40,}|\d\d:\d\d|\d+ (second|minute)s?")


@pytest.fixture
def study(db, tmp_path):
    """Open, with people in it, an error, and builds that run and have failed."""
    survey = make_survey(tmp_path, n_wrong=1, n_right=1, n_examples=3, more=EVERYTHING)
    Visitor(survey.slug).begin()
    Visitor(survey.slug).finish()
    PageError.objects.create(
        survey=survey, page="trial", kind="OperationalError",
        place="surveys/participation/given/answers.py:1 record",
        first_at=survey.opened_at, last_at=survey.opened_at,
    )  # fmt: skip
    for status in (Build.Status.RUNNING, Build.Status.FAILED):
        Build.objects.create(
            recipe_name="shapes", recipe_toml="seed = 1", recipe_folder="", status=status,
            error="" if status == Build.Status.RUNNING else "The images cannot be read.",
        )  # fmt: skip
    for kind, state in (("report", "finished"), ("export", "failed"), ("report", "running")):
        Job.objects.create(
            survey=survey, kind=kind, status=state, started_by_name="rosa", message="Packing",
            permille=400, error="The disk is full.", sent_at=survey.opened_at,
            file_name=f"shapes-{kind}-20260131-093000-1.zip", sha256="ab" * 32, size=12_345,
        )  # fmt: skip
    return survey


def html_pages(page, study, seen):
    """Opens each page of the console that is HTML and new or changed since; yields its name.

    `seen` has what the pages showed when they were opened before, by address.
    """
    rosa = User.objects.get(username="rosa")
    examples = console_examples(Survey.objects.get(pk=study.pk), rosa)
    for known in find_pages():
        address = known.address(examples)
        # Asked for without opening it: what is no page, or a download, is no matter of this test.
        answer = page.request.get(address)
        if answer.status != 200 or "text/html" not in answer.headers["content-type"]:
            continue
        shown = CHANGING.sub("", answer.text().partition("<main")[2])
        # Several addresses lead to one page, and of a link with a secret there is always another.
        place = known.name if "secret" in "".join(known.parameters) else answer.url
        if seen.get(place) != shown:
            seen[place] = shown
            page.goto(address)
            yield known.name


def everything_wrong(page, study, seen):
    found, names = [], set()
    for name in html_pages(page, study, seen):
        names.add(name)
        page.evaluate("document.querySelectorAll('details').forEach((one) => (one.open = true))")
        found += [(name, *row) for row in wrong_in_any_look(page)]
    return found, names


def test_axe_finds_nothing_and_nothing_is_cut_off_on_any_page(sign_in, researcher, study):
    """Of an open study, of a closed one, and of an unblinded one."""
    page, seen = sign_in(), {}
    wrong, names = everything_wrong(page, study, seen)
    assert wrong == []
    assert {"console:home", "console:live", "builds:detail"} <= names
    researcher.post(f"/console/surveys/{study.slug}/status/", {"status": "closed"})
    wrong, names = everything_wrong(page, study, seen)
    assert wrong == []
    assert "console:survey" in names
    researcher.post(f"/console/surveys/{study.slug}/results/unblind/", {"slug": study.slug})
    assert not Survey.objects.get().is_blind
    wrong, names = everything_wrong(page, study, seen)
    assert wrong == []
    assert "console:results" in names


def test_a_title_with_a_very_long_word_is_wrapped_on_a_phone(sign_in, study):
    title = "Wie gut raten Donaudampfschifffahrtsgesellschaftskapitänsanwärterinnen?"
    Survey.objects.update(title=title)
    page = sign_in(width=390)
    for address in ("/console/", f"/console/surveys/{study.slug}/"):
        page.goto(address)
        assert title in page.locator("main").inner_text()
        assert cut_off(page) == []
        assert page.evaluate(
            """[...document.querySelectorAll(".as-cards")]
            .every((table) => table.scrollWidth <= table.parentElement.clientWidth)"""
        )


@pytest.mark.parametrize(("width", "scheme"), LOOKS)
def test_what_a_new_version_changes_can_be_distinguished(sign_in, tmp_path, db, width, scheme):
    survey = make_survey(tmp_path, more='[texts]\nthanks = "Thank you very much."\n')
    changed = '[texts]\nthanks = "Thank you a lot."\n[sample]\nsize = 20\n'
    load_study(make_protocol(tmp_path, more=changed), new_version=True)
    page = sign_in(width=width, color_scheme=scheme)
    page.goto(f"/console/surveys/{survey.slug}/protocol/2/")
    assert violations(page) == []
    assert cut_off(page) == []
    rows = page.locator(".changes tbody tr")
    gap = """(row) => row.querySelector("ins").getBoundingClientRect().left
        - row.querySelector("del").getBoundingClientRect().right"""
    assert rows.count() == 2
    assert all(row.evaluate(gap) > 2 for row in rows.all())
    arrow = 'getComputedStyle(row.querySelector("ins"), "::before").content.includes("→")'
    assert [row.evaluate(f"(row) => {arrow}") for row in rows.all()] == [False, True]


def test_axe_finds_nothing_on_empty_pages_and_refused_forms(sign_in, db):
    page = sign_in(width=390)
    for address in ("/console/", "/console/builds/"):
        page.goto(address)
        assert violations(page) == []
    page.goto("/console/builds/new/")
    press(page.get_by_role("button", name="Start build"))
    assert page.get_by_role("alert").count() == 1
    assert violations(page) == []


def test_the_live_page_brings_itself_up_to_date_and_says_so(sign_in, study):
    page = sign_in()
    page.clock.install()
    page.goto(f"/console/surveys/{study.slug}/live/")
    page.evaluate("window.isTheSamePage = true")
    page.locator("#funnel-numbers summary").click()
    news = page.locator("[data-live-news]")
    assert news.text_content() == ""
    Visitor(study.slug).finish()
    page.clock.run_for(10_000)
    page.locator("[data-summary^='2 finished']").wait_for()
    assert news.text_content() == "2 finished, 1 active, 0 dropped out."
    assert page.evaluate("window.isTheSamePage")
    assert page.locator("#funnel-numbers").get_attribute("open") is not None


def test_the_live_page_can_be_paused_and_rests_in_a_hidden_tab(sign_in, study):
    page = sign_in()
    page.clock.install()
    asked = []
    page.goto(f"/console/surveys/{study.slug}/live/")
    page.on("request", lambda request: asked.append(request.url) if "live" in request.url else None)
    page.get_by_role("button", name="Pause").click()
    page.clock.run_for(60_000)
    assert asked == []
    page.evaluate(
        """() => {
            Object.defineProperty(document, "hidden", { configurable: true, get: () => true });
            document.querySelector("[data-live-pause]").click();
        }"""
    )
    page.clock.run_for(60_000)
    assert asked == []
    with page.expect_response("**/live/"):
        page.evaluate(
            """() => {
                Object.defineProperty(document, "hidden", { configurable: true, get: () => false });
                document.dispatchEvent(new Event("visibilitychange"));
            }"""
        )


def test_the_live_page_says_when_its_figures_are_not_the_newest(sign_in, study):
    page = sign_in()
    page.clock.install()
    page.goto(f"/console/surveys/{study.slug}/live/")
    page.route("**/live/", lambda route: route.abort())
    page.clock.run_for(10_000)
    page.get_by_role("alert").wait_for(state="visible")
    page.unroute("**/live/")
    page.clock.run_for(10_000)
    page.locator("[data-live-problem]").wait_for(state="hidden")


def test_a_study_is_closed_and_unblinded_without_javascript(sign_in, study):
    page = sign_in(width=390, javascript=False)
    page.goto(f"/console/surveys/{study.slug}/live/")
    press(page.get_by_role("link", name="Refresh"))
    page.goto(f"/console/surveys/{study.slug}/")
    page.get_by_text("Close the study…").click()
    press(page.get_by_role("button", name="Close the study"))
    assert "The study is closed." in page.get_by_role("status").first.inner_text()
    press(page.get_by_role("link", name="Results"))
    press(page.get_by_role("link", name="Unblind this study…"))
    page.get_by_label("Type shapes to confirm").fill("shapes")
    press(page.get_by_role("button", name="Unblind the study for good"))
    assert "The study is unblinded." in page.get_by_role("status").first.inner_text()
    assert Survey.objects.get().unblinding.by_name == "rosa"
