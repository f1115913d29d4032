"""A researcher writes a study in a real browser, with its preview beside it."""

import pytest

from surveys.models import Survey
from tests.factories import make_survey

pytestmark = pytest.mark.django_db(transaction=True)


def test_what_is_typed_is_checked_kept_and_previewed_without_saving(sign_in, tmp_path):
    make_survey(tmp_path, n_wrong=1, n_right=1, is_open=False)
    page = sign_in(width=1440)
    page.goto("/console/surveys/shapes/protocol/edit/")
    page.get_by_label("Page", exact=True).select_option(label="Question 2")
    preview = page.frame_locator("iframe[name=preview]")
    preview.get_by_text("2 of 2", exact=True).wait_for()
    page.get_by_label("Question", exact=True).fill("What did it pick?")
    preview.get_by_role("heading", name="What did it pick?").wait_for()
    assert "question = " in page.locator("#text").input_value()
    page.locator(".cm-content").fill("titel = 3")
    page.get_by_role("button", name="Line 1").first.wait_for()
    page.reload()
    assert page.locator("#text").input_value() == "titel = 3"
    assert Survey.objects.get().protocol.texts.question != "What did it pick?"


def test_every_line_of_a_long_text_has_the_colour_of_texts(sign_in, tmp_path):
    make_survey(tmp_path, n_wrong=1, n_right=1, is_open=False)
    page = sign_in()
    page.goto("/console/surveys/shapes/protocol/edit/")
    lines = [
        'title = "one"',
        'thanks = """',
        'It\'s "two", \\""" and',
        "",
        'three = 3"""',
        "seed = 4",
    ]
    page.locator(".cm-content").fill("\n".join(lines))
    colours = page.locator(".cm-line").evaluate_all(
        """lines => lines.map((line) => {
            const spans = [...line.querySelectorAll("span")];
            return [...new Set(spans.map((span) => getComputedStyle(span).color))];
        })"""
    )
    key, text = colours[0]
    assert colours[1] == [key, text]
    assert colours[2] == colours[4] == [text]
    assert colours[5][0] == key != text
