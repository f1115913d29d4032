"""Every page of a survey with every section: axe finds nothing, nothing is cut off."""

import pytest

from tests.factories import make_survey
from tests.surveys.everything import EVERYTHING

axe = pytest.importorskip("axe_playwright_python.sync_playwright")
pytestmark = pytest.mark.django_db(transaction=True)
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
MORE = 'languages = ["en", "it", "ar"]\n' + EVERYTHING.replace("[2]", "[1]")
PAGES = {"start", "comprehension", "introduction", "practice", "trial", "questions", "debriefing",
         "thanks"}  # fmt: skip


@pytest.fixture
def survey(db, tmp_path):
    return make_survey(tmp_path, n_wrong=1, n_right=1, n_examples=2, more=MORE)


def violations(page):
    results = axe.Axe().run(page, options={"runOnly": RULES}).response["violations"]
    return [(row["id"], node["target"], node["html"]) for row in results for node in row["nodes"]]


class Inspector:
    """Runs a check on each kind of page once, since pages of a kind differ in words only."""

    def __init__(self, person, check):
        self.person, self.check, self.seen = person, check, set()

    def __call__(self):
        page = self.person.page
        what = (
            self.person.kind,
            page.locator(".pair img").count(),
            page.locator("h1").inner_text(),
        )
        if what not in self.seen:
            self.seen.add(what)
            found = self.check(page)
            assert not found, (page.url, found)

    @property
    def kinds(self):
        return {kind for kind, _, _ in self.seen}


@pytest.mark.parametrize(
    ("language", "width", "scheme"),
    [("en", 1280, "light"), ("ar", 390, "dark")],
)
def test_axe_finds_nothing_on_any_page(meet, survey, language, width, scheme):
    person = meet(survey, width=width, color_scheme=scheme)
    inspect = Inspector(person, violations)
    person.arrive(f"?lang={language}")
    person.take(person.by_mouse, inspect)
    assert inspect.kinds == PAGES
    person.page.goto(person.start + "withdraw/")
    inspect()
    person.page.locator("main form button").click()
    inspect()


def test_axe_would_find_an_image_without_a_text(meet, survey):
    person = meet(survey)
    person.arrive()
    person.page.evaluate("document.body.append(document.createElement('img'))")
    assert "image-alt" in {rule for rule, _, _ in violations(person.page)}


def test_axe_finds_nothing_on_refusals(meet, survey):
    person = meet(survey)
    inspect = Inspector(person, violations)
    person.arrive()
    person.page.locator("form").evaluate("form => form.noValidate = true")
    person.page.locator("main form button").first.click()
    inspect()
    with person.page.expect_navigation():
        person.by_mouse()
    person.page.locator("form").evaluate("form => form.noValidate = true")
    person.page.locator("main form button").first.click()
    inspect()
    assert person.page.get_by_role("alert").count() == 1
    person.page.goto(person.start.replace(survey.slug, "nothing"))
    inspect()


@pytest.mark.parametrize(
    ("language", "width", "height"), [("en", 320, 568), ("ar", 320, 568), ("ar", 3840, 2160)]
)
def test_nothing_is_cut_off_at_any_width(meet, survey, language, width, height):
    def overflow(page):
        return page.evaluate(
            """() => document.documentElement.scrollWidth > innerWidth ? ["scrolls"] :
                [...document.querySelectorAll("body *")]
                .filter((e) => !e.closest(".skip-link, .visually-hidden"))
                .filter((e) => { const r = e.getBoundingClientRect();
                    return r.width > 0 && (r.right > innerWidth + 1 || r.left < -1); })
                .map((e) => e.outerHTML.slice(0, 120))"""
        )

    person = meet(survey, width=width, height=height)
    inspect = Inspector(person, overflow)
    person.arrive(f"?lang={language}")
    person.take(person.by_mouse, inspect)
    assert inspect.kinds == PAGES
