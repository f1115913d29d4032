"""A member of the team reads stimuli blind, and the set's pages show the result."""

import html
import re

import pytest
from django.urls import reverse

from pv_engine.models import BlindReading

pytest_plugins = ["tests.pv_engine.builds_cast"]


def address(stimulus_set, condition="pv", stratum="model_wrong"):
    return reverse("builds:read", args=[stimulus_set.content_sha256, condition, stratum])


def read(researcher, stimulus_set, guess, **where):
    page = researcher.get(address(stimulus_set, **where)).content.decode()
    token = html.unescape(re.search(r'name="page" value="([^"]+)"', page)[1])
    data = {"page": token, "item-01": guess}
    return researcher.post(address(stimulus_set, **where), data, follow=True)


def test_the_page_shows_the_pictures_with_their_options_alone(researcher, stimulus_set):
    page = researcher.get(address(stimulus_set)).content.decode()
    assert page.count("<img") == 1
    assert "/stimuli/item-01-pv.webp" in page
    item = stimulus_set.items.get(name="item-01")
    assert re.findall(r'type="radio" name="item-01" value="([^"]*)"', page)[-1] == ""
    assert all(f'value="{option}"' in page for option in item.options)
    assert "Predict" not in page


def test_what_was_named_is_stored_with_its_reader_and_shown_on_both_pages(researcher, stimulus_set):
    prediction = stimulus_set.items.get(name="item-01").prediction
    page = read(researcher, stimulus_set, prediction).content.decode()
    reading = BlindReading.objects.get()
    assert (reading.condition, reading.n, reading.named_prediction) == ("pv", 1, 1)
    assert reading.reader.username in str(reading.reader)
    assert "You named the prediction in 1 of 1" in page
    assert "Read blind by the team, model wrong" in page
    quality = researcher.get(reverse("builds:quality", args=[stimulus_set.content_sha256]))
    assert "Read blind by the team, model wrong" in quality.content.decode()


def test_readings_of_a_condition_are_added_up(researcher, stimulus_set):
    prediction = stimulus_set.items.get(name="item-01").prediction
    read(researcher, stimulus_set, prediction)
    page = read(researcher, stimulus_set, "")
    (table,) = page.context["readings"]
    assert table.rows == (("PV", "2", "1 (50 %)", "1 to 99 %", "25 %", "0"),)


def test_a_guess_that_is_no_option_is_not_stored(researcher, stimulus_set):
    page = read(researcher, stimulus_set, "zebra")
    assert page.status_code == 200
    assert "zebra is not one of the available choices" in page.content.decode()
    assert not BlindReading.objects.exists()


@pytest.mark.parametrize("page", ["", "forged:by:hand"])
def test_a_form_that_no_page_of_ours_made_is_refused(researcher, stimulus_set, page):
    response = researcher.post(address(stimulus_set), {"page": page, "item-01": "boat"})
    assert response.status_code == 400
    assert not BlindReading.objects.exists()


def test_a_condition_that_the_set_lacks_is_refused_in_words(researcher, stimulus_set):
    response = researcher.get(address(stimulus_set, condition="none"))
    assert response.status_code == 400
    assert "'none' has no pictures in this set" in response.content.decode()
