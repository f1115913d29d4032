"""The introduction can be read again beside a question, and participants see whom to ask."""

import pytest

from tests.factories import make_survey
from tests.surveys.visitor import Visitor


@pytest.fixture
def visitor(tmp_path, db):
    return Visitor(make_survey(tmp_path, n_examples=1).slug)


def test_the_instructions_can_be_read_again_beside_a_question(visitor):
    visitor.begin()
    address = visitor.url("instructions/")
    assert f'href="{address}" target="_blank"' in visitor.text
    visitor.get(address)
    assert "Your task is to guess which answer the model gave" in visitor.text
    assert "<form" not in visitor.text


def test_before_the_first_question_they_lead_to_the_participants_own_page(visitor):
    visitor.get(visitor.url())
    visitor.get(visitor.url("instructions/"))
    assert visitor.address == visitor.url()


def test_a_contact_stands_on_the_first_page(tmp_path, db):
    survey = make_survey(tmp_path, more='[texts]\ncontact = "Ask Eva, eva@example.org"')
    visitor = Visitor(survey.slug)
    visitor.get(visitor.url())
    assert "<strong>Contact:</strong> <bdi>Ask Eva, eva@example.org</bdi>" in visitor.text
