"""Designs with blocks and tasks of their own in a real browser: pages, keys, and times."""

import pytest

from surveys.models import Participant, Response, Trial
from tests.browser.inspection import cut_off, violations
from tests.browser.test_accessibility import Inspector
from tests.factories import make_survey
from tests.surveys.task_sets import EVERY_KIND, make_task_survey

pytestmark = pytest.mark.django_db(transaction=True)
BLOCKS = """
[device]
min_width = 320
phones = "warn"
colour_plates = 2
record = true

[checks]
visual = 3
count_events = true

[[blocks]]
name = "learn"
pool = "examples"
items = 1
feedback = "after_each"
keep_at_hand = true
introduction = "Examples first."

[[blocks]]
name = "test"
feedback = "at_end"
"""
PAGES = {"start", "colours", "introduction", "part", "trial", "feedback", "score", "visual",
         "thanks"}  # fmt: skip


def look_at(page):
    return [*violations(page), *cut_off(page)]


@pytest.fixture
def in_blocks(db, tmp_path):
    return make_survey(tmp_path, n_wrong=1, n_right=1, n_examples=2, more=BLOCKS)


@pytest.fixture
def trial_of(meet, db, tmp_path):
    """Somebody at the first question of a study with this [task]."""

    def arrive(task, **window):
        has_own = "questions" in task
        survey = make_task_survey(tmp_path, task) if has_own else make_survey(tmp_path, more=task)
        person = meet(survey, **window)
        person.arrive()
        while person.kind != "trial":
            with person.page.expect_navigation():
                person.by_mouse()
        return person

    return arrive


@pytest.mark.parametrize(("width", "scheme"), [(320, "light"), (1280, "dark")])
def test_every_page_of_a_study_in_blocks_is_whole_and_axe_finds_nothing(
    meet, in_blocks, width, scheme
):
    person = meet(in_blocks, width=width, color_scheme=scheme)
    inspect = Inspector(person, look_at)
    person.arrive()
    person.take(person.by_mouse, inspect)
    assert inspect.kinds == PAGES
    assert person.problems == []
    stored = Participant.objects.get()
    assert stored.device["plates"] == ["", ""]
    assert stored.device["input"] == "mouse"
    assert len(stored.device["visual"]) == 3
    # What somebody clicks is trusted, clicks on labels and what they cause included.
    assert (stored.device["n_pastes"], stored.device["n_untrusted_events"]) == (0, 0)
    assert 0 < stored.device["picture_width"] <= width


def test_a_study_in_blocks_can_be_taken_by_keyboard_alone(meet, in_blocks):
    person = meet(in_blocks)
    person.arrive()
    person.take(person.by_keyboard)
    assert Response.objects.count() == 3
    stored = Participant.objects.get().device
    assert stored["input"] == "keyboard"
    assert (stored["n_pastes"], stored["n_untrusted_events"]) == (0, 0)


def test_a_narrow_window_is_asked_to_be_made_wider(meet, db, tmp_path):
    person = meet(make_survey(tmp_path, more="[device]\nmin_width = 900\n"), width=600)
    person.arrive()
    with person.page.expect_navigation():
        person.by_mouse()
    assert person.page.get_by_role("alert").inner_text().startswith("This window is too narrow")
    assert violations(person.page) == []
    person.page.set_viewport_size({"width": 1000, "height": 800})
    with person.page.expect_navigation():
        person.by_mouse()
    assert person.kind != "start"


@pytest.mark.parametrize("width", [320, 1280])
def test_a_question_of_every_kind_is_whole_and_axe_finds_nothing(trial_of, width):
    person = trial_of(EVERY_KIND, width=width)
    assert look_at(person.page) == []


def test_every_field_of_a_task_is_reached_by_tab(trial_of):
    page = trial_of(EVERY_KIND).page
    wanted = set(page.evaluate(FIELDS))
    reached = set()
    for _ in range(60):
        page.keyboard.press("Tab")
        reached.add(page.evaluate("() => document.activeElement.name || ''"))
    assert wanted <= reached


FIELDS = (
    "() => [...document.querySelectorAll('main form :is(input, select, textarea)')]"
    ".filter((e) => e.type !== 'hidden').map((e) => e.name)"
)


def test_a_question_whose_time_is_over_goes_on_by_itself_without_an_answer(trial_of):
    page = trial_of("[task]\nlimit_seconds = 1\n").page
    page.wait_for_url("**/trial/2/")
    missed = Trial.objects.get(position=1)
    assert missed.missed_at is not None
    assert not Response.objects.filter(trial=missed).exists()


def test_an_answer_can_be_sent_only_after_the_least_time(trial_of):
    page = trial_of("[task]\nminimum_seconds = 1\n").page
    page.locator("fieldset label").first.click()
    assert page.locator("main form button").is_disabled()
    page.keyboard.press("Enter")
    page.locator("main form button:enabled").wait_for()
    assert Response.objects.count() == 0
    with page.expect_navigation():
        page.locator("main form button").click()
    assert Response.objects.count() == 1


def test_a_paste_and_a_click_of_a_program_are_counted(meet, db, tmp_path):
    question = '[[questionnaire]]\ntitle = "You"\n[[questionnaire.questions]]\nname = "remark"\n'
    more = f'[checks]\ncount_events = true\n{question}kind = "text"\nquestion = "Anything?"\n'
    person = meet(make_survey(tmp_path, n_wrong=1, n_right=0, more=more))
    person.arrive()
    while person.kind != "trial":
        with person.page.expect_navigation():
            person.by_mouse()
    person.page.evaluate("() => document.querySelector('fieldset input').click()")
    with person.page.expect_navigation():
        person.page.locator("main form button").click()
    field = person.page.locator("textarea")
    field.fill("some words")
    for keys in ("Control+A", "Control+C", "Control+V", "Control+V"):
        field.press(keys)
    with person.page.expect_navigation():
        person.page.locator("main form button").click()
    stored = Participant.objects.get()
    assert stored.questionnaire == {"remark": "some wordssome words"}
    assert stored.device["n_pastes"] == 2
    assert stored.device["n_untrusted_events"] >= 1


def test_pictures_that_are_presented_vanish_after_their_time(meet, db, tmp_path):
    person = meet(make_survey(tmp_path, more="[task]\npresent_ms = 200\n"))
    clock = person.page.clock
    clock.install(time=0)
    clock.pause_at(1_000)
    person.arrive()
    while person.kind != "trial":
        with person.page.expect_navigation():
            person.by_mouse()
    body = person.page.locator("body.is-presenting")
    body.wait_for()
    clock.run_for(200)  # the time counts from the second frame on
    assert body.count() == 1
    clock.run_for(50)
    assert body.count() == 0
    visibility = "e => getComputedStyle(e).visibility"
    assert person.page.locator("main img").first.evaluate(visibility) == "hidden"
