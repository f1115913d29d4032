"""Offline at Continue, and the way back to the panel that is followed by itself."""

import pytest

from surveys.models import Response
from tests.browser.inspection import violations
from tests.factories import make_survey
from tests.surveys.everything import PANEL

pytestmark = pytest.mark.django_db(transaction=True)
# Where the link leads that redirects to the panel.
AWAY = "**/return/"


@pytest.fixture
def person(meet, db, tmp_path):
    return meet(make_survey(tmp_path, more=PANEL))


def go_to(person, kind):
    person.arrive("?PROLIFIC_PID=abc")
    while person.kind != kind:
        with person.page.expect_navigation():
            person.by_mouse()


def test_an_answer_is_kept_while_the_browser_is_offline_and_sent_by_itself(person):
    go_to(person, "trial")
    page = person.page
    page.context.set_offline(True)
    person.by_mouse()
    page.get_by_text("You are offline.").wait_for()
    assert page.locator("input[name=answer]:checked").count() == 1
    assert violations(page) == []
    page.keyboard.press("5")
    chosen = page.locator("input[name=answer]:checked").get_attribute("value")
    assert Response.objects.count() == 0
    with page.expect_navigation():
        page.context.set_offline(False)
    response = Response.objects.get()
    assert response.option == chosen
    assert response.response_time_ms is not None
    assert page.get_by_text("2 of 4").is_visible()


def test_an_answer_that_was_sent_online_is_sent_as_ever(person):
    go_to(person, "trial")
    assert not person.page.get_by_text("You are offline.").is_visible()
    with person.page.expect_navigation():
        person.by_mouse()
    assert Response.objects.count() == 1


def test_which_button_was_pressed_is_kept_too(person):
    person.arrive()
    page = person.page
    page.context.set_offline(True)
    page.get_by_role("button", name="I do not want to take part").click()
    with page.expect_navigation():
        page.context.set_offline(False)
    page.get_by_role("heading", name="You are not taking part").wait_for()


def test_the_way_back_is_followed_by_itself(person):
    page = person.page
    page.clock.install()
    page.route(AWAY, lambda route: route.fulfill(body="The panel"))
    go_to(person, "thanks")
    page.get_by_role("button", name="Stay here").wait_for()
    page.clock.run_for(4000)
    assert person.kind == "thanks"
    with page.expect_navigation(url=AWAY):
        page.clock.run_for(1500)


def test_who_stays_stays(person):
    page = person.page
    page.clock.install()
    page.route(AWAY, lambda route: route.fulfill(body="The panel"))
    go_to(person, "thanks")
    page.get_by_role("button", name="Stay here").click()
    page.clock.run_for(60_000)
    assert person.kind == "thanks"
    assert not page.get_by_text("in 5 seconds").is_visible()


def test_without_javascript_there_is_the_link_alone(meet, db, tmp_path):
    person = meet(make_survey(tmp_path, more=PANEL), javascript=False)
    person.arrive("?PROLIFIC_PID=abc")
    person.take(person.by_mouse)
    assert person.page.get_by_role("link", name="Return to Prolific").is_visible()
    assert not person.page.get_by_role("button", name="Stay here").is_visible()
