"""A question fits a phone: pictures, all answers and the button, without scrolling."""

import pytest

from tests.factories import make_survey

pytestmark = pytest.mark.django_db(transaction=True)
# What a phone of 390 x 844 shows of a page between the bars of its browser.
VISIBLE = 664


def test_pictures_answers_and_button_fit_without_scrolling_and_buttons_have_one_width(
    meet, tmp_path
):
    survey = make_survey(tmp_path, n_wrong=1, n_right=1, n_examples=1)
    person = meet(survey, width=390, height=VISIBLE, has_touch=True)
    person.arrive()
    widths = set()
    while person.kind != "trial":
        widths |= {round(box["width"]) for box in boxes(person.page, "main form button")}
        with person.page.expect_navigation():
            person.by_mouse()
    widths |= {round(box["width"]) for box in boxes(person.page, "main form button")}
    assert len(widths) == 1
    shown = boxes(person.page, "main img, .option, main form button")
    assert len(shown) == 2 + 5 + 1
    assert max(box["y"] + box["height"] for box in shown) <= VISIBLE
    # A finger needs 44 pixels.
    assert min(box["height"] for box in boxes(person.page, ".option")) >= 44


def boxes(page, selector):
    return [one.bounding_box() for one in page.locator(selector).all()]


def test_the_table_of_conditions_fits_on_a_phone(sign_in, tmp_path):
    """Of Live and of the overview."""
    survey = make_survey(tmp_path, n_wrong=1, n_right=1)
    page = sign_in(width=390)
    for address in ("live/", ""):
        page.goto(f"/console/surveys/{survey.slug}/{address}")
        box = page.locator(".table-box").first
        assert box.evaluate("(box) => box.scrollWidth <= box.clientWidth + 1"), address
