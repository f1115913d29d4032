"""Every page of a survey with every section: axe finds nothing, nothing is cut off."""

import pytest

from tests.browser.inspection import cut_off, in_each_look, violations
from tests.browser.pressing import press
from tests.factories import make_survey
from tests.surveys.everything import EVERYTHING

pytestmark = pytest.mark.django_db(transaction=True)
MORE = 'languages = ["en", "it", "ar"]\n' + EVERYTHING.replace("[2]", "[1]")
PAGES = {"start", "comprehension", "introduction", "practice", "trial", "questions", "debriefing",
         "thanks"}  # fmt: skip


@pytest.fixture
def survey(db, tmp_path):
    return make_survey(tmp_path, n_wrong=1, n_right=1, n_examples=2, more=MORE)


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


def cut_off_anywhere(page):
    """In the narrowest window, and in a very wide one."""
    looks = ((320, "light"), (3840, "light"))
    return [(*look, row) for look in in_each_look(page, looks) for row in cut_off(page)]


@pytest.mark.parametrize(
    ("language", "width", "scheme"),
    [("en", 1280, "light"), ("ar", 390, "dark")],
)
def test_axe_finds_nothing_and_nothing_is_cut_off_on_any_page(
    meet, survey, language, width, scheme
):
    """Axe in one look of each language, what is cut off in every width of both."""

    def check(page):
        found = cut_off_anywhere(page)
        for look in in_each_look(page, [(width, scheme)]):
            found += [(*look, row) for row in (*violations(page), *cut_off(page))]
        return found

    person = meet(survey, width=width, color_scheme=scheme)
    inspect = Inspector(person, check)
    person.arrive(f"?lang={language}")
    person.take(person.by_mouse, inspect)
    assert inspect.kinds == PAGES
    person.page.goto(person.start + "withdraw/")
    inspect()
    press(person.page.locator("main form button"))
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
    person.page.locator("main form").first.evaluate("form => form.noValidate = true")
    press(person.page.locator("main form button").first)
    inspect()
    with person.page.expect_navigation():
        person.by_mouse()
    person.page.locator("main form").first.evaluate("form => form.noValidate = true")
    press(person.page.locator("main form button").first)
    inspect()
    assert person.page.get_by_role("alert").count() == 1
    person.page.goto(person.start.replace(survey.slug, "nothing"))
    inspect()
