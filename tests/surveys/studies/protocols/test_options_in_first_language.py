"""Answers that earlier versions stored in another language than the protocol's first."""

from importlib import import_module

import pytest
from django.apps import apps

from surveys.bots.policies import uniform
from surveys.bots.walker import run_bots
from surveys.models import Answer, Participant, Response, Trial
from tests.factories import make_survey

migration = import_module("surveys.migrations.0027_options_in_first_language")

CLASSES = {
    "boat": "barca", "fish": "pesce", "house": "casa", "tree": "albero",
    "umbrella": "ombrello", "sun": "sole", "kite": "aquilone", "train": "treno",
}  # fmt: skip
OPTIONS = ", ".join(f'{{it = "{it}", en = "{en}"}}' for en, it in CLASSES.items())
BILINGUAL = f"""
languages = ["en", "it"]
[checks]
attention_after = [1]
[[task.questions]]
name = "seen"
question = {{en = "Which one?", it = "Quale?"}}
options = [{OPTIONS}]
cant_tell = true
[[task.questions]]
name = "why"
kind = "ranking"
question = {{en = "By what?", it = "Da che cosa?"}}
options = [{{it = "bordi", en = "edges"}}, {{it = "colori", en = "colours"}}]
[[questionnaire]]
title = {{en = "About you", it = "Di Lei"}}
[[questionnaire.questions]]
name = "devices"
kind = "several"
question = {{en = "With what?", it = "Con che cosa?"}}
options = [{{it = "Telefono", en = "Phone"}}, {{it = "Computer", en = "Computer"}}]
required = true
"""
ITALIAN = CLASSES | {"edges": "bordi", "colours": "colori", "Phone": "Telefono"}


def stored():
    """What the database has of answers, row by row."""
    return [
        list(Trial.objects.order_by("pk").values("pk", *migration.OF_TRIAL)),
        list(Response.objects.order_by("pk").values("pk", "option")),
        list(Answer.objects.order_by("pk").values("pk", "name", "value")),
        list(Participant.objects.order_by("pk").values("pk", "questionnaire")),
    ]


def store_in_italian():
    """As earlier versions did, of tables that begin with Italian."""
    for model, rows in zip((Trial, Response, Answer, Participant), stored(), strict=True):
        for row in rows:
            values = migration.replace(row, ITALIAN)
            model._base_manager.filter(pk=values.pop("pk")).update(**values)


@pytest.fixture
def answered(db, tmp_path):
    survey = make_survey(tmp_path, n_right=4, more=BILINGUAL)
    list(run_bots(survey, 2, 1, uniform))
    return survey


def test_every_stored_answer_comes_into_the_protocols_first_language(answered):
    right = stored()
    assert all(word in str(right) for word in ("boat", "Phone", "edges"))
    store_in_italian()
    assert not any(f"'{word}'" in str(stored()) for word in ITALIAN)
    migration.correct_all(apps, None)
    assert stored() == right


def test_answers_in_the_first_language_stay_as_they_are(answered):
    right = stored()
    migration.correct_all(apps, None)
    assert stored() == right


def test_a_study_in_one_language_is_not_looked_through(survey, django_assert_num_queries):
    with django_assert_num_queries(2):
        migration.correct_all(apps, None)


def test_a_wording_of_two_options_means_the_one_that_it_was_stored_for():
    options = [{"it": "Sì", "en": "Yes"}, {"it": "No", "en": "Sì"}]
    assert migration.other_wordings(options, "en") == {"Sì": "Yes", "Yes": "Yes", "No": "Sì"}
