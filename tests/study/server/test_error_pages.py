"""Where there is nothing, a sentence says so, whatever was sent there."""

import pytest
from django.test import Client


@pytest.fixture
def browser(db):
    """Has the cookie that forms need."""
    client = Client(enforce_csrf_checks=True)
    client.get("/console/login/")
    return client


def test_a_broken_form_that_is_sent_to_nowhere_is_answered_like_any_other(browser):
    too_long = {"x" * 5000: "a"}  # a part's header may not be so long
    response = browser.post("/nowhere", too_long)
    assert response.status_code == 404
    assert "There is no page at this address" in response.content.decode()


def test_a_broken_form_under_a_name_that_is_not_ours_is_refused_like_any_other(browser):
    too_long = {"x" * 5000: "a"}
    response = browser.post("/s/shapes/", too_long, headers={"Host": "evil.example.org"})
    assert response.status_code == 400
    assert "could not read this request" in response.content.decode()


def test_the_page_asks_the_database_for_nothing(browser, django_assert_num_queries):
    with django_assert_num_queries(0):
        assert browser.get("/nowhere").status_code == 404
