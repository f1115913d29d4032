"""A protocol's texts in several languages: an answer is stored in the first of them."""

import json

import pytest

from surveys.protocol.schema import Protocol, protocol_sha256
from surveys.protocol.wording import option_label
from tests.factories import make_protocol
from tests.surveys.protocol_files import read_file

# Each table begins with another language than the protocol does.
BILINGUAL = """
[[task.questions]]
name = "seen"
question = {en = "What does the model see?", it = "Che cosa vede il modello?"}
options = [{en = "a boat", it = "una barca"}, {en = "a house", it = "una casa"}]

[[questionnaire]]
title = {en = "About you", it = "Di Lei"}
[[questionnaire.questions]]
name = "again"
question = {en = "Would you do it again?", it = "Lo rifarebbe?"}
options = [{en = "Yes", it = "Sì"}, {it = "No, mai", en = "No, never"}]
"""


@pytest.fixture
def bilingual(tmp_path):
    file = make_protocol(tmp_path, more=BILINGUAL)
    text = file.read_text().replace("seed =", 'languages = ["it", "en"]\nseed =', 1)
    file.write_text(text)
    return read_file(file)


def stored_options(protocol):
    return protocol.task.first.options_of(())


def from_database(protocol):
    """As PostgreSQL returns it: with the keys of each table by length and alphabet."""
    return Protocol.from_json(json.loads(json.dumps(protocol.as_json(), sort_keys=True)))


def test_an_option_is_stored_in_the_first_language_in_whatever_order_it_is_written(bilingual):
    assert stored_options(bilingual) == ["una barca", "una casa"]
    assert option_label(bilingual, "una casa", "en") == "a house"


def test_a_database_that_sorts_tables_changes_nothing(bilingual):
    again = from_database(bilingual)
    assert again == bilingual
    assert stored_options(again) == ["una barca", "una casa"]
    assert protocol_sha256(again) == protocol_sha256(bilingual)


def test_answers_to_a_questionnaire_are_stored_in_it_too(bilingual):
    for protocol in (bilingual, from_database(bilingual)):
        question = protocol.questionnaire[0].questions[0]
        assert [next(iter(each.values())) for each in question.options] == ["Sì", "No, mai"]
