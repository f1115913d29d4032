"""People take whole surveys in a real browser."""

import pytest

from surveys.checks.stored_data import find_problems
from surveys.models import Participant, Response, Survey
from tests.factories import make_survey
from tests.surveys.everything import EVERYTHING

pytestmark = pytest.mark.django_db(transaction=True)
DESKTOP, PHONE = {"width": 1280}, {"width": 390, "height": 844, "has_touch": True}


def check_data(n_people):
    assert list(find_problems(Survey.objects.get())) == []
    finished = Participant.objects.exclude(finished_at=None)
    conditions = set(finished.values_list("condition__name", flat=True))
    assert (finished.count(), len(conditions)) == (n_people, n_people)


@pytest.mark.parametrize(
    ("size", "hands"),
    [(DESKTOP, "by_mouse"), (PHONE, "by_mouse"), (DESKTOP, "by_keyboard"), (PHONE, "by_keyboard")],
    ids=["desktop-mouse", "phone-mouse", "desktop-keyboard", "phone-keyboard"],
)
def test_a_survey_can_be_taken_in_every_condition(meet, tmp_path, size, hands):
    survey = make_survey(tmp_path, n_wrong=1, n_right=1, conditions=("gradcam", "pv", "none"))
    for _ in range(3):
        person = meet(survey, **size)
        person.arrive()
        person.take(getattr(person, hands))
        assert person.problems == []
        assert {url.split("/")[2] for url in person.requests} == {person.start.split("/")[2]}
    check_data(3)
    for response in Response.objects.all():
        assert 0 < response.response_time_ms < 60_000
        assert response.hidden_time_ms == 0


@pytest.mark.parametrize("more", ["", EVERYTHING.replace("[2]", "[1]")], ids=["thin", "everything"])
def test_a_survey_can_be_taken_without_javascript(meet, tmp_path, more):
    survey = make_survey(tmp_path, n_wrong=1, n_right=1, more=more)
    for size in (DESKTOP, PHONE):
        person = meet(survey, javascript=False, **size)
        person.arrive()
        person.take(person.by_mouse)
    check_data(2)
    assert set(Response.objects.values_list("response_time_ms", flat=True)) == {None}


def test_every_section_can_be_taken_by_keyboard(meet, tmp_path):
    survey = make_survey(tmp_path, n_wrong=1, n_right=1, more=EVERYTHING.replace("[2]", "[1]"))
    person = meet(survey)
    person.arrive()
    person.take(person.by_keyboard)
    check_data(1)
    assert person.problems == []


def test_going_back_in_the_browser_leads_to_the_current_question(meet, tmp_path):
    survey = make_survey(tmp_path)
    person = meet(survey)
    person.arrive()
    while person.kind != "trial" or not person.page.url.endswith("/3/"):
        with person.page.expect_navigation():
            person.by_mouse()
    person.page.go_back()
    person.page.wait_for_url("**/trial/3/")
    person.take(person.by_mouse)
    check_data(1)


def test_reloading_after_an_answer_asks_for_the_next_question_and_sends_nothing(meet, tmp_path):
    survey = make_survey(tmp_path)
    person = meet(survey)
    person.arrive()
    while person.kind != "trial":
        with person.page.expect_navigation():
            person.by_mouse()
    with person.page.expect_navigation():
        person.by_mouse()
    person.page.wait_for_url("**/trial/2/")
    with person.page.expect_request("**/trial/**") as request:
        person.page.reload()
    assert (request.value.method, request.value.url[-9:]) == ("GET", "/trial/2/")
    assert Response.objects.count() == 1


def test_a_double_click_answers_one_question(meet, tmp_path):
    survey = make_survey(tmp_path)
    person = meet(survey)
    person.arrive()
    while person.kind != "trial":
        with person.page.expect_navigation():
            person.by_mouse()
    person.page.locator(".option").first.click()
    person.page.locator("main form button").dblclick()
    person.page.wait_for_url("**/trial/2/")
    assert Response.objects.count() == 1


def test_time_in_another_tab_is_recorded_apart(meet, tmp_path):
    survey = make_survey(tmp_path)
    person = meet(survey)
    person.arrive()
    while person.kind != "trial":
        with person.page.expect_navigation():
            person.by_mouse()
    person.page.wait_for_function("document.querySelector('.keys-hint').hidden === false")
    person.page.evaluate(
        """async () => {
            const isHidden = (value) => Object.defineProperty(document, "hidden", {
                configurable: true, get: () => value });
            const announce = () => document.dispatchEvent(new Event("visibilitychange"));
            await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(
                () => requestAnimationFrame(done))));
            isHidden(true); announce();
            await new Promise((done) => setTimeout(done, 300));
            isHidden(false); announce();
        }"""
    )
    with person.page.expect_navigation():
        person.by_mouse()
    response = Response.objects.get()
    assert 300 <= response.hidden_time_ms < response.response_time_ms


def test_digits_choose_in_the_group_that_has_the_focus(meet, tmp_path):
    more = "\n[trials]\nconfidence = true\ntwo_step = true\n"
    survey = make_survey(tmp_path, n_wrong=1, n_right=1, more=more)
    person = meet(survey)
    person.arrive()
    while person.kind != "trial":
        with person.page.expect_navigation():
            person.by_mouse()
    page = person.page
    checked = "input[name={}]:checked"
    page.keyboard.press("2")
    first = page.locator(checked.format("answer")).input_value()
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert page.locator(checked.format("answer")).input_value() == first
    page.keyboard.press("3")
    second = page.locator(checked.format("answer")).input_value()
    assert second != first
    hints = page.locator("fieldset .keys-hint")
    assert [hints.nth(n).is_visible() for n in range(2)] == [True, False]
    before = page.locator("button").last.bounding_box()
    page.locator("input[name=confidence]").first.focus()
    assert [hints.nth(n).is_visible() for n in range(2)] == [False, True]
    assert page.locator("button").last.bounding_box() == before
    page.keyboard.press("4")
    assert page.locator(checked.format("confidence")).input_value() == "4"
    assert page.locator(checked.format("answer")).input_value() == second


@pytest.fixture
def at_trial(meet, tmp_path):
    """Somebody at the first question; `block` keeps its images from them."""

    def go(block=False, script="", **more):
        survey = make_survey(tmp_path, n_wrong=1, n_right=1)
        person = meet(survey, **more)
        person.page.add_init_script(script)
        person.arrive()
        while person.kind == "start":
            with person.page.expect_navigation():
                person.by_mouse()
        if block:
            person.page.route("**/stimuli/**", lambda route: route.abort())
        with person.page.expect_navigation():
            person.by_mouse()
        return person

    return go


def test_a_question_without_its_images_says_so_and_is_stored_without_times(at_trial):
    person = at_trial(block=True)
    person.page.get_by_text("An image did not load.").wait_for()
    with person.page.expect_navigation():
        person.by_mouse()
    response = Response.objects.get()
    assert (response.images_failed, response.response_time_ms, response.timed_by) == (2, None, "")


def test_images_that_are_loaded_again_start_the_clock(at_trial):
    person = at_trial(block=True)
    page = person.page
    notice = page.locator("#images-failed")
    notice.wait_for()
    page.unroute("**/stimuli/**")
    page.get_by_role("button", name="Load again").click()
    notice.wait_for(state="hidden")
    page.wait_for_function("[...document.querySelectorAll('.pair img')].every(i => i.naturalWidth)")
    page.evaluate("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
    with page.expect_navigation():
        person.by_mouse()
    response = Response.objects.get()
    assert response.images_failed == 0
    assert 0 <= response.chosen_ms <= response.response_time_ms
    shown_at = response.trial.shown_at
    assert response.response_time_ms < (response.answered_at - shown_at).total_seconds() * 1000


def test_without_javascript_a_question_without_its_images_is_as_it_was(at_trial):
    person = at_trial(block=True, javascript=False)
    assert not person.page.locator("#images-failed").is_visible()
    with person.page.expect_navigation():
        person.by_mouse()
    response = Response.objects.get()
    assert (response.images_failed, response.timed_by) == (None, "")


def test_the_choice_is_timed_apart_from_continue_and_changes_are_counted(at_trial):
    person = at_trial()
    page = person.page
    page.locator(".option").nth(1).click()
    page.keyboard.press("3")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    page.wait_for_timeout(50)
    with page.expect_navigation():
        page.keyboard.press("Enter")
    response = Response.objects.get()
    assert (response.position, response.n_changes, response.timed_by) == (5, 3, "element")
    assert response.response_time_ms - response.chosen_ms >= 50


def test_without_element_timing_the_frames_are_the_clock(at_trial):
    hidden = "Object.defineProperty(PerformanceObserver, 'supportedEntryTypes', {value: []})"
    person = at_trial(script=hidden)
    person.page.evaluate(
        "new Promise((done) => requestAnimationFrame(() => requestAnimationFrame("
        "() => requestAnimationFrame(done))))"
    )
    with person.page.expect_navigation():
        person.by_mouse()
    response = Response.objects.get()
    assert response.timed_by == "frames"
    assert 0 <= response.chosen_ms <= response.response_time_ms
